// Keybound, and an API whose backends are servers at URLs.
import { App, Stack } from 'aws-cdk-lib';
import { KeyboundStack, ProtectedHttpApi, readOpenApiDocument } from 'keybound';

const app = new App();
const keybound = new KeyboundStack(app, 'Keybound', { deployment: 'dev', throwAway: true });

const stack = new Stack(app, 'Books');
new ProtectedHttpApi(stack, 'Api', {
  core: keybound.core,
  definition: readOpenApiDocument(`${import.meta.dirname}/openapi.yaml`),
  context: '/books/1.0.0',
  subscription: 'required',
  backend: {
    production: { url: process.env.BOOKS_URL ?? 'https://books.example.com' },
    sandbox: { url: process.env.BOOKS_SANDBOX_URL ?? 'https://sandbox.books.example.com' },
  },
});
app.synth();
