import type { list as english } from "../en/list.ts";
import type { Slovenian } from "../message.ts";

export const list: Slovenian<typeof english> = {};
