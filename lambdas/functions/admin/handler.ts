import { managementHandler } from '../../management/frame/management-handler.ts';
import { adminRoutes } from './routes.ts';

export const handler = managementHandler(adminRoutes, process.env);
