import { Minus } from "lucide-react";
import type { TeamOverview } from "../../api/bindings.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { useT } from "../../i18n/language.tsx";
import { LogLine } from "../activity/LogLine.tsx";
import { LOG_ICONS, type LogKind } from "../activity/log.ts";
import { type Meant, useMeant } from "../subject.ts";
import styles from "./Expanded.module.css";
import { Latest } from "./Latest.tsx";
import { Online } from "./Online.tsx";
import { Popover } from "./Popover.tsx";

/** The order of the design. */
const KINDS: readonly LogKind[] = ["note", "call", "task"];

type Props = { overview: TeamOverview; onFold: () => void };

/** Who is online, what happened last, and a line to write down. */
export function Expanded({ overview, onFold }: Props) {
  const t = useT();
  const meant = useMeant();
  return (
    <div className={styles.parts}>
      {overview.state === "alone" ? null : <Online overview={overview} meant={meant} />}
      <Latest overview={overview} />
      <div className={styles.tools}>
        {KINDS.map((kind) => (
          <Log key={kind} kind={kind} meant={meant} overview={overview} />
        ))}
        <IconButton icon={Minus} label={t("toolbar.fold")} keys="Escape" onClick={onFold} />
      </div>
    </div>
  );
}

function Log(props: { kind: LogKind; meant: Meant; overview: TeamOverview }) {
  const { kind, meant, overview } = props;
  const t = useT();
  const blocked = meant.subject === null;
  return (
    <Popover
      title={t(`toolbar.log.about.${kind}`, { who: meant.name })}
      blocked={blocked}
      trigger={
        <IconButton
          icon={LOG_ICONS[kind]}
          label={t(`toolbar.log.${kind}`)}
          disabledReason={blocked ? t("toolbar.log.nobody") : null}
        />
      }
    >
      {(close) => (
        <div className={styles.log}>
          <LogLine meant={meant} state={overview.state} kind={kind} onDone={close} />
          <p className={styles.hint}>{t(`toolbar.log.where.${kind}`)}</p>
        </div>
      )}
    </Popover>
  );
}
