/** The value of the property `name`, own or inherited; `undefined` of what has no properties. */
export function valueIn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return found;
}
