/** Pieces of the input schemas of tools. */
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

// The small build of the library says only "Invalid input" until it is given a language.
z.config(english());

/** A schema with a description for models. */
export const describe = <Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema =>
  schema.check(z.describe(description));

/** The id of a metric. */
export const metricId = z.string().check(z.maxLength(100));
