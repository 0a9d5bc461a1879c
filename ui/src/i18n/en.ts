import { act } from "./en/act.ts";
import { actions } from "./en/actions.ts";
import { analytics } from "./en/analytics.ts";
import { common } from "./en/common.ts";
import { compose } from "./en/compose.ts";
import { conversation } from "./en/conversation.ts";
import { customer } from "./en/customer.ts";
import { erp } from "./en/erp.ts";
import { health } from "./en/health.ts";
import { list } from "./en/list.ts";
import { rail } from "./en/rail.ts";
import { search } from "./en/search.ts";
import { settings } from "./en/settings.ts";
import { team } from "./en/team.ts";
import { toolbar } from "./en/toolbar.ts";
import { view } from "./en/view.ts";
import { welcome } from "./en/welcome.ts";
import { writing } from "./en/writing.ts";

/** Every English message. Keys are dotted and begin with the name of their file. */
export const en = {
  ...common,
  ...actions,
  ...analytics,
  ...rail,
  ...list,
  ...search,
  ...view,
  ...conversation,
  ...compose,
  ...customer,
  ...act,
  ...erp,
  ...settings,
  ...health,
  ...team,
  ...toolbar,
  ...welcome,
  ...writing,
} as const;
