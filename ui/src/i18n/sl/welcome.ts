import type { welcome as english } from "../en/welcome.ts";
import type { Slovenian } from "../message.ts";

export const welcome: Slovenian<typeof english> = {};
