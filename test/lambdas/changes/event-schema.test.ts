import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lifecycleEventJsonSchema } from '../../../lambdas/functions/changes/lifecycle-event.ts';
import { EVENT_OF_ACTION } from '../../../lambdas/core/audit/lifecycle-event.ts';
import { PUBLISHER_ACTIONS } from '../../../lambdas/core/subscriptions/publisher-decision.ts';
import { readModules } from '../../architecture/read-modules.ts';

const file = new URL('../../../docs/events/lifecycle-event.schema.json', import.meta.url);
const page = readFileSync(new URL('../../../docs/use/events.md', import.meta.url), 'utf8');

describe('the schema of the events', () => {
  it('is checked in as the code has it; if not, run `npm run event-schema`', () => {
    const schema: unknown = JSON.parse(JSON.stringify(lifecycleEventJsonSchema()));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });

  it('is understood by another validator, which refuses what it does not name', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      lifecycleEventJsonSchema(),
    );
    const event = (more: object) => ({
      source: 'keybound',
      'detail-type': 'API Lifecycle Changed',
      detail: {
        eventId: '1',
        at: '2026-01-01T00:00:00.000Z',
        owner: 'a',
        apiId: 'b',
        lifecycle: 'BLOCKED',
        previousLifecycle: 'PUBLISHED',
        ...more,
      },
    });
    expect(validate(event({}))).toBe(true);
    expect(validate({ ...event({}), account: '000000000000' })).toBe(true);
    expect(validate(event({ digest: 'c' }))).toBe(false);
    expect(validate({ ...event({}), 'detail-type': 'Application Created' })).toBe(false);
  });

  it('has no field for a value or a digest', () => {
    expect(JSON.stringify(lifecycleEventJsonSchema())).not.toMatch(/digest|apikey|"value"/i);
  });

  it('is told of on the page of the events, kind by kind and field by field', () => {
    const types = new Set(Object.values(EVENT_OF_ACTION).filter((type) => type !== undefined));
    for (const type of [...types, 'API Key Expiring', 'API Key Expired']) {
      expect(page).toContain(`\`${type}\``);
    }
    const Details = z.object({
      anyOf: z.array(
        z.object({ properties: z.object({ detail: z.object({ properties: z.looseObject({}) }) }) }),
      ),
    });
    const names = Details.parse(lifecycleEventJsonSchema()).anyOf.flatMap(({ properties }) =>
      Object.keys(properties.detail.properties),
    );
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(page).toContain(`\`${name}\``);
  });
});

describe('the table of events by action', () => {
  it('has every action that the audit trail records, and no other', () => {
    const written = readModules(['lambdas/management', 'lambdas/functions/registrar'])
      .flatMap(({ texts }) => texts)
      .filter((text) => /^(?:api|application|decision|key|policy|subscription)\.[a-z-]+$/i.test(text));
    const decided = PUBLISHER_ACTIONS.map((action) => `subscription.${action}`);
    expect([...new Set([...written, ...decided])].toSorted()).toEqual(
      Object.keys(EVENT_OF_ACTION).toSorted(),
    );
  });
});
