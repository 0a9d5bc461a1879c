import type { actions as english } from "../en/actions.ts";
import type { Slovenian } from "../message.ts";

export const actions: Slovenian<typeof english> = {};
