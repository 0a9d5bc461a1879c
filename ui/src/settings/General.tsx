import { useState } from "react";
import type { Settings } from "../api/bindings.ts";
import { useT } from "../i18n/language.tsx";
import { CornerSettings } from "../team/toolbar/CornerSettings.tsx";
import { ChoiceRow, NumberRow, SwitchRow } from "./SettingRow.tsx";

type Props = { settings: Settings; change: (part: Partial<Settings>) => void };

export function Appearance({ settings, change }: Props) {
  const t = useT();
  return (
    <>
      <ChoiceRow
        label={t("settings.language")}
        value={settings.language}
        options={[
          { value: "system", label: t("settings.language.system") },
          { value: "en", label: t("settings.language.en"), lang: "en" },
          { value: "sl", label: t("settings.language.sl"), lang: "sl" },
        ]}
        onChange={(language) => change({ language })}
      />
      <ChoiceRow
        label={t("settings.theme")}
        value={settings.theme}
        options={[
          { value: "system", label: t("settings.theme.system") },
          { value: "light", label: t("settings.theme.light") },
          { value: "dark", label: t("settings.theme.dark") },
        ]}
        onChange={(theme) => change({ theme })}
      />
      <ChoiceRow
        label={t("settings.density")}
        hint={t("settings.density.hint")}
        value={settings.density}
        options={[
          { value: "comfortable", label: t("settings.density.comfortable") },
          { value: "compact", label: t("settings.density.compact") },
        ]}
        onChange={(density) => change({ density })}
      />
      <CornerSettings />
    </>
  );
}

export function KeyboardSettings({ settings, change }: Props) {
  const t = useT();
  return (
    <SwitchRow
      label={t("settings.singleKeys")}
      hint={t("settings.singleKeys.hint")}
      on={settings.singleKeys}
      onChange={(singleKeys) => change({ singleKeys })}
    />
  );
}

export function Notifications({ settings, change }: Props) {
  const t = useT();
  return (
    <>
      <SwitchRow
        label={t("settings.notify")}
        hint={t("settings.notify.hint")}
        on={settings.notifications}
        onChange={(notifications) => change({ notifications })}
      />
      <SwitchRow
        label={t("settings.notify.text")}
        hint={t("settings.notify.text.hint")}
        on={settings.notificationText}
        onChange={(notificationText) => change({ notificationText })}
      />
    </>
  );
}

/** Longer than a minute is a mail that looks lost. */
const UNDO = { min: 0, max: 60 };

export function Writing({ settings, change }: Props) {
  const t = useT();
  const field = useBounded(settings.undoSeconds, UNDO, (undoSeconds) => change({ undoSeconds }));
  return (
    <NumberRow
      label={t("settings.undo")}
      hint={t("settings.undo.hint")}
      error={field.wrong ? t("settings.undo.range") : null}
      unit={t("settings.undo.unit", { n: field.wrong ? 0 : field.typed })}
      value={field.typed}
      onChange={field.type}
      {...UNDO}
    />
  );
}

/** The limits of DESIGN.md §4. */
const RECONCILE = { min: 2, max: 10 };

export function MailChecks({ settings, change }: Props) {
  const t = useT();
  const field = useBounded(settings.reconcileMinutes, RECONCILE, (reconcileMinutes) =>
    change({ reconcileMinutes }),
  );
  return (
    <NumberRow
      label={t("settings.reconcile")}
      hint={t("settings.reconcile.hint")}
      error={field.wrong ? t("settings.reconcile.range") : null}
      unit={t("settings.reconcile.unit", { n: field.wrong ? 0 : field.typed })}
      value={field.typed}
      onChange={field.type}
      {...RECONCILE}
    />
  );
}

/** What is typed stays visible while it is wrong; only what lies within the limits is kept. */
function useBounded(
  kept: number,
  { min, max }: { min: number; max: number },
  keep: (value: number) => void,
) {
  const [typed, setTyped] = useState(kept);
  const fits = (value: number) => Number.isInteger(value) && value >= min && value <= max;
  return {
    typed,
    wrong: !fits(typed),
    type: (value: number) => {
      setTyped(value);
      if (fits(value)) keep(value);
    },
  };
}
