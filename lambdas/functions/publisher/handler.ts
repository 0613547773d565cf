import { managementHandler } from '../../management/frame/management-handler.ts';
import { publisherRoutes } from './routes.ts';

export const handler = managementHandler(publisherRoutes, process.env);
