import { ChevronDown, ChevronLeft, ChevronUp, Ellipsis } from "lucide-react";
import { memo } from "react";
import { ActionButton } from "../../actions/ActionButton.tsx";
import { useContextMaker } from "../../actions/context.ts";
import { runAction } from "../../actions/shortcuts.ts";
import { type ActionId, actionOf } from "../../actions/table.ts";
import type { Onward } from "../../actions/threads.ts";
import { useForm } from "../../app/layout.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu, type MenuItem } from "../../components/Menu.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./ConversationHeader.module.css";

/** What moves behind "More" where the header is narrow. */
const NARROW_MORE: readonly ActionId[] = ["thread.trash", "thread.move"];
const MORE: readonly ActionId[] = ["thread.unread", "thread.flag", "thread.junk"];

type Props = { onDone: (next: Onward) => void };

/** The tools of the open thread, and the way to its neighbours: the same ones while one mail follows another. */
export const ConversationHeader = memo(function ConversationHeader({ onDone }: Props) {
  const t = useT();
  const one = useForm() === "one";
  const more = useActionItems(one ? [...NARROW_MORE, ...MORE] : MORE);
  return (
    <div className={styles.header} role="toolbar" aria-label={t("conversation.tools")}>
      {one ? (
        <IconButton
          className={styles.back}
          icon={ChevronLeft}
          iconSize={20}
          label={t("common.back")}
          keys="Alt+ArrowLeft"
          onClick={() => onDone("list")}
        />
      ) : null}
      <ActionButton id="thread.archive" />
      {one ? null : (
        <>
          <ActionButton id="thread.trash" />
          <ActionButton id="thread.move" />
        </>
      )}
      <span className={styles.space} />
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label={t("common.more")} />}
        items={more}
      />
      {one ? null : (
        <>
          <span className={styles.divider} />
          <IconButton
            icon={ChevronUp}
            label={t("conversation.newer")}
            keys="k"
            onClick={() => onDone("prev")}
          />
          <IconButton
            icon={ChevronDown}
            label={t("conversation.olderThread")}
            keys="j"
            onClick={() => onDone("next")}
          />
        </>
      )}
    </div>
  );
});

/** Actions of the table as rows of a menu, as they can be done the moment it opens. */
function useActionItems(ids: readonly ActionId[]): () => MenuItem[] {
  const t = useT();
  const makeContext = useContextMaker();
  return () =>
    ids.map((id) => {
      const action = actionOf(id);
      const why = action.blocked(makeContext());
      return {
        id,
        label: t(action.title),
        icon: action.icon,
        keys: action.keys[0],
        disabledReason: why === null ? null : t(why),
        run: () => runAction(action, makeContext()),
      };
    });
}
