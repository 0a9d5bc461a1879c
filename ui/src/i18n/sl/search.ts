import type { search as english } from "../en/search.ts";
import type { Slovenian } from "../message.ts";

export const search: Slovenian<typeof english> = {};
