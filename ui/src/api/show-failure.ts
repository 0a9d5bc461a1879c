import { showToast } from "../components/toasts.ts";
import type { PlainKey, Translate } from "../i18n/language.tsx";
import { reasonOf } from "./failure.ts";

/** Says in a toast what did not happen and why. For changes that are not mutations of a component. */
export function showFailure(t: Translate, title: PlainKey, error: unknown): void {
  showToast({
    tone: "error",
    text: t("common.failed", { what: t(title), why: reasonOf(error, t) }),
    seconds: null,
    action: null,
  });
}
