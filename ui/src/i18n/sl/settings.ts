import type { settings as english } from "../en/settings.ts";
import type { Slovenian } from "../message.ts";

export const settings: Slovenian<typeof english> = {};
