import { managementHandler } from '../management/management-handler.ts';
import { publisherRoutes } from './routes.ts';

export const handler = managementHandler(publisherRoutes, process.env);
