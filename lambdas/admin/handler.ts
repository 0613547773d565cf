import { managementHandler } from '../management/management-handler.ts';
import { adminRoutes } from './routes.ts';

export const handler = managementHandler(adminRoutes, process.env);
