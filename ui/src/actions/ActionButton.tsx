import { IconButton } from "../components/IconButton.tsx";
import { useT } from "../i18n/language.tsx";
import { useContextMaker } from "./context.ts";
import { runAction } from "./shortcuts.ts";
import { type ActionId, actionOf } from "./table.ts";
import { useBlocked } from "./use-blocked.ts";

/** An action of the table as an icon button: its name, key and reason come with it. */
export function ActionButton(props: { id: ActionId; iconSize?: 16 | 20; className?: string }) {
  const { id, ...rest } = props;
  const t = useT();
  const makeContext = useContextMaker();
  const action = actionOf(id);
  const why = useBlocked(action);
  return (
    <IconButton
      {...rest}
      icon={action.icon}
      label={t(action.title)}
      keys={action.keys[0]}
      disabledReason={why === null ? null : t(why)}
      onClick={() => runAction(action, makeContext())}
    />
  );
}
