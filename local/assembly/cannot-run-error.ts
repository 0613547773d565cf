/** Where in an assembly something stands. */
export interface TemplatePlace {
  readonly stack: string;
  readonly logicalId?: string;
  readonly resourceType?: string;
  /** `Properties.Environment.Variables.TABLE`; empty when the whole resource is meant. */
  readonly path?: string;
}

/** Something in the assembly that this runner cannot run as AWS would; names the place and the reason. */
export class CannotRunError extends Error {
  readonly code = 'CANNOT_RUN';
  readonly place: TemplatePlace;

  constructor(place: TemplatePlace, reason: string) {
    super(`Cannot run ${describePlace(place)}: ${reason}`);
    this.name = 'CannotRunError';
    this.place = place;
  }
}

/** `Stack/Resource (Type) at Path` */
export function describePlace({ stack, logicalId, resourceType, path }: TemplatePlace): string {
  const element = logicalId === undefined ? stack : `${stack}/${logicalId}`;
  const type = resourceType === undefined ? '' : ` (${resourceType})`;
  return `${element}${type}${path === undefined || path === '' ? '' : ` at ${path}`}`;
}
