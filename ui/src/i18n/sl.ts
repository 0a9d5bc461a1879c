import type { en } from "./en.ts";
import type { Slovenian } from "./message.ts";
import { act } from "./sl/act.ts";
import { actions } from "./sl/actions.ts";
import { analytics } from "./sl/analytics.ts";
import { common } from "./sl/common.ts";
import { compose } from "./sl/compose.ts";
import { conversation } from "./sl/conversation.ts";
import { customer } from "./sl/customer.ts";
import { erp } from "./sl/erp.ts";
import { health } from "./sl/health.ts";
import { list } from "./sl/list.ts";
import { rail } from "./sl/rail.ts";
import { search } from "./sl/search.ts";
import { settings } from "./sl/settings.ts";
import { team } from "./sl/team.ts";
import { toolbar } from "./sl/toolbar.ts";
import { view } from "./sl/view.ts";
import { welcome } from "./sl/welcome.ts";
import { writing } from "./sl/writing.ts";

/** Every Slovenian message; a missing or an extra key does not compile. */
export const sl: Slovenian<typeof en> = {
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
};
