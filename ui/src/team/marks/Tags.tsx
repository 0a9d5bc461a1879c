import { api } from "../../api/commands.ts";
import { teamKeys } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { Chips } from "../../components/Chips.tsx";
import { useT } from "../../i18n/language.tsx";

/** As many characters as the team's server takes. */
const LONGEST = 40;

/** The tags of a customer or a conversation, with a field to add one. */
export function Tags({ subject, tags }: { subject: string; tags: readonly string[] }) {
  const t = useT();
  const set = useCommand({
    run: ({ tag, on }: { tag: string; on: boolean }) => api.setTag(subject, tag, on),
    failureTitle: "team.tags.failed",
    stale: [teamKeys.marks(subject)],
  });
  return (
    <Chips
      chips={tags.map((tag) => ({ key: tag, words: tag }))}
      words={{
        list: t("team.tags"),
        add: t("team.tags.add"),
        fresh: t("team.tags.new"),
        remove: (tag) => t("team.tags.remove", { tag }),
      }}
      longest={LONGEST}
      onAdd={(tag) => set.mutate({ tag, on: true })}
      onRemove={(tag) => set.mutate({ tag, on: false })}
    />
  );
}
