import type { health as english } from "../en/health.ts";
import type { Slovenian } from "../message.ts";

export const health: Slovenian<typeof english> = {};
