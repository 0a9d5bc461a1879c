import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { api } from "../../api/commands.ts";
import { teamKeys } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Marks.module.css";

/** As many characters as the team's server takes. */
const LONGEST = 40;

/** The tags of a customer or a conversation, with a field to add one. */
export function Tags({ subject, tags }: { subject: string; tags: readonly string[] }) {
  const t = useT();
  const [words, setWords] = useState<string | null>(null);
  const adder = useRef<HTMLButtonElement>(null);
  const set = useCommand({
    run: ({ tag, on }: { tag: string; on: boolean }) => api.setTag(subject, tag, on),
    failureTitle: "team.tags.failed",
    stale: [teamKeys.marks(subject)],
  });
  const close = () => {
    setWords(null);
    // Where the field was, there is the button again.
    requestAnimationFrame(() => adder.current?.focus());
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const tag = words?.trim() ?? "";
      if (tag !== "") set.mutate({ tag, on: true });
      close();
    }
  };
  return (
    <ul className={styles.tags} aria-label={t("team.tags")}>
      {tags.map((tag) => (
        <li key={tag} className={styles.tag}>
          <span className={styles.words}>{tag}</span>
          <button
            type="button"
            className={styles.off}
            aria-label={t("team.tags.remove", { tag })}
            onClick={() => set.mutate({ tag, on: false })}
          >
            <Icon of={X} size={14} />
          </button>
        </li>
      ))}
      <li>
        {words === null ? (
          <Button ref={adder} size="small" variant="ghost" icon={Plus} onClick={() => setWords("")}>
            {t("team.tags.add")}
          </Button>
        ) : (
          <input
            // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
            autoFocus
            className={styles.newTag}
            aria-label={t("team.tags.new")}
            placeholder={t("team.tags.new")}
            maxLength={LONGEST}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            onKeyDown={press}
            onBlur={() => {
              if (words.trim() === "") setWords(null);
            }}
          />
        )}
      </li>
    </ul>
  );
}
