import { CORNERS, setTeamPanel, useTeamPanel } from "../../app/team-panel.ts";
import { useT } from "../../i18n/language.tsx";
import { ChoiceRow } from "../../settings/SettingRow.tsx";

/** What stands for the team in the window, and in which corner: also for hands that do not drag. */
export function CornerSettings() {
  const t = useT();
  const { look, corner } = useTeamPanel();
  return (
    <>
      <ChoiceRow
        label={t("toolbar.settings.look")}
        hint={t("toolbar.settings.look.hint")}
        value={look}
        options={[
          { value: "button", label: t("toolbar.settings.button") },
          { value: "toolbar", label: t("toolbar.settings.toolbar") },
        ]}
        onChange={(next) => setTeamPanel({ look: next, size: "expanded" })}
      />
      <ChoiceRow
        label={t("toolbar.settings.corner")}
        hint={t("toolbar.settings.corner.hint")}
        value={corner}
        options={CORNERS.map((value) => ({ value, label: t(`toolbar.settings.${value}`) }))}
        onChange={(next) => setTeamPanel({ corner: next })}
      />
    </>
  );
}
