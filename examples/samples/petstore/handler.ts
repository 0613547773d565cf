import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { jsonAnswer } from '../json-answer.ts';

const STATUSES = ['available', 'pending', 'sold'];
const CATEGORIES = ['Dogs', 'Cats', 'Rabbits', 'Lions'];
const NAMES = ['doggie', 'Tom', 'Flopsy', 'Leo', 'Rex', 'Felix', 'Thumper', 'Simba', 'Bello', 'Minka'];

const PETS = NAMES.map((name, index) => ({
  id: index + 1,
  category: { id: index % CATEGORIES.length, name: CATEGORIES[index % CATEGORIES.length] },
  name,
  status: STATUSES[index % STATUSES.length],
}));

/** The backend of the Petstore: ten pets, always the same. */
export const handler = (event: APIGatewayProxyEventV2): APIGatewayProxyStructuredResultV2 => {
  switch (event.routeKey) {
    case 'GET /pet/findByStatus':
      return findByStatus(event.queryStringParameters?.['status']);
    case 'GET /pet/{petId}':
      return findById(event.pathParameters?.['petId'] ?? '');
    default:
      return jsonAnswer(404, { message: 'There is no such resource.' });
  }
};

function findByStatus(status: string | undefined): APIGatewayProxyStructuredResultV2 {
  if (status === undefined || !STATUSES.includes(status)) {
    return jsonAnswer(400, { message: `status must be one of ${STATUSES.join(', ')}` });
  }
  return jsonAnswer(
    200,
    PETS.filter((pet) => pet.status === status),
  );
}

function findById(petId: string): APIGatewayProxyStructuredResultV2 {
  if (!/^\d{1,18}$/.test(petId)) return jsonAnswer(400, { message: 'petId must be a whole number' });
  const pet = PETS.find(({ id }) => id === Number(petId));
  return pet === undefined ? jsonAnswer(404, { message: 'There is no such pet.' }) : jsonAnswer(200, pet);
}
