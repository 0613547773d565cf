import { managementHandler } from '../management/management-handler.ts';
import { portalRoutes } from './routes.ts';

export const handler = managementHandler(portalRoutes, process.env);
