import type { rail as english } from "../en/rail.ts";
import type { Slovenian } from "../message.ts";

export const rail: Slovenian<typeof english> = {};
