import {
  Circle,
  CircleCheck,
  CircleX,
  LoaderCircle,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import type { TestLine } from "../api/bindings.ts";
import { Icon } from "../components/Icon.tsx";
import { type PlainKey, useT } from "../i18n/language.tsx";
import type { Tests } from "./account-form.ts";
import styles from "./TestLines.module.css";

type Look = "waiting" | "running" | "ok" | "warning" | "failed";

const DRAWING: Record<Look, LucideIcon> = {
  waiting: Circle,
  running: LoaderCircle,
  ok: CircleCheck,
  warning: TriangleAlert,
  failed: CircleX,
};

const LOOK_WORD: Record<Look, PlainKey> = {
  waiting: "wizard.test.state.waiting",
  running: "wizard.test.state.running",
  ok: "wizard.test.state.ok",
  warning: "wizard.test.state.warning",
  failed: "wizard.test.state.failed",
};

const ALL: readonly TestLine["what"][] = ["incoming", "outgoing", "push"];
const NAME: Record<TestLine["what"], PlainKey> = {
  incoming: "wizard.test.incoming",
  outgoing: "wizard.test.outgoing",
  push: "wizard.test.push",
};
const WORKS: Record<TestLine["what"], PlainKey> = {
  incoming: "wizard.test.incoming.works",
  outgoing: "wizard.test.outgoing.works",
  push: "wizard.test.push",
};

/** One line a server: a ring until it answered, then a tick, a warning or a cross with its words. */
export function TestLines({ tests }: { tests: Tests }) {
  const t = useT();
  if (tests.kind === "offline" || tests.kind === "failed") {
    return (
      <div className={styles.box} role="status">
        <div className={styles.line} data-look={tests.kind === "failed" ? "failed" : "warning"}>
          <Icon of={tests.kind === "failed" ? CircleX : TriangleAlert} />
          <span className={styles.alone}>
            {tests.kind === "offline"
              ? t("wizard.offline")
              : `${t("wizard.test.failed")} ${t.said(tests.why)}`}
          </span>
        </div>
      </div>
    );
  }
  const lines = tests.kind === "done" ? tests.lines : [];
  return (
    <ul className={styles.box} aria-label={t("wizard.tests")} aria-live="polite">
      {ALL.map((what) => {
        const own = lines.filter((line) => line.what === what);
        if (tests.kind === "done") {
          return own.map((line) => <Line key={`${what} ${line.message}`} line={line} />);
        }
        const look = tests.kind;
        return (
          <li key={what} className={styles.line} data-look={look}>
            <Icon of={DRAWING[look]} />
            <span className={styles.name}>{t(NAME[what])}</span>
            <span className={styles.message}>
              {t(look === "running" ? "wizard.test.runs" : "wizard.test.waits")}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Line({ line }: { line: TestLine }) {
  const t = useT();
  const look: Look = line.warning ? "warning" : line.ok ? "ok" : "failed";
  return (
    <li className={styles.line} data-look={look}>
      <Icon of={DRAWING[look]} />
      <span className={styles.name}>
        {t((look === "ok" ? WORKS : NAME)[line.what])}
        <span className="visually-hidden"> {t(LOOK_WORD[look])}:</span>
      </span>
      <span className={styles.message} data-selectable>
        {t.said(line.message)}
      </span>
    </li>
  );
}
