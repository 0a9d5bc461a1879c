import {
  Bell,
  Building2,
  Keyboard,
  type LucideIcon,
  Mail,
  PenLine,
  RefreshCw,
  Sun,
  Users,
} from "lucide-react";
import { useEffect, useRef } from "react";
import type { Settings } from "../api/bindings.ts";
import { reasonOf } from "../api/failure.ts";
import { MenuButton } from "../app/MenuButton.tsx";
import { goTo } from "../app/route.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { type PlainKey, useT } from "../i18n/language.tsx";
import { Accounts } from "./Accounts.tsx";
import { Appearance, KeyboardSettings, MailChecks, Notifications, Writing } from "./General.tsx";
import { Metakocka } from "./Metakocka.tsx";
import styles from "./SettingsPage.module.css";
import { Team } from "./Team.tsx";
import { useSettings } from "./use-settings.ts";

const SECTIONS = [
  { id: "accounts", title: "settings.accounts", icon: Mail },
  { id: "team", title: "team.settings", icon: Users },
  { id: "metakocka", title: "erp.title", icon: Building2 },
  { id: "writing", title: "settings.writing", icon: PenLine },
  { id: "appearance", title: "settings.appearance", icon: Sun },
  { id: "keyboard", title: "settings.keyboard", icon: Keyboard },
  { id: "notifications", title: "settings.notifications", icon: Bell },
  { id: "sync", title: "settings.sync", icon: RefreshCw },
] as const satisfies readonly { id: string; title: PlainKey; icon: LucideIcon }[];

type SectionId = (typeof SECTIONS)[number]["id"];

/**
 * Settings: sections at the left, what belongs to the chosen one beside them. Changes act at once.
 * The section "add" is the accounts with the wizard open.
 */
export function SettingsPage({ section }: { section: string | null }) {
  const t = useT();
  const open: SectionId = SECTIONS.find(({ id }) => id === section)?.id ?? "accounts";
  const chosen = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: in a narrow window the sections stand in one row that scrolls
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [open]);
  return (
    <div className={styles.page}>
      <nav className={styles.sections} aria-label={t("settings.sections")}>
        <div className={styles.top}>
          <MenuButton />
          <h1 className={styles.title}>{t("settings.title")}</h1>
        </div>
        <ul className={styles.list}>
          {SECTIONS.map(({ id, title, icon }) => (
            <li key={id}>
              <button
                ref={id === open ? chosen : null}
                type="button"
                className={styles.section}
                aria-current={id === open ? "page" : undefined}
                onClick={() => goTo({ page: "settings", section: id }, { replace: true })}
              >
                <Icon of={icon} />
                {t(title)}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.content}>
        <Section id={open} adding={section === "add"} />
      </div>
    </div>
  );
}

function Section({ id, adding }: { id: SectionId; adding: boolean }) {
  const t = useT();
  const { query, change } = useSettings();
  if (id === "accounts") return <Accounts adding={adding} />;
  if (id === "team") return <Team />;
  if (id === "metakocka") return <Metakocka />;
  const title = SECTIONS.find((section) => section.id === id)?.title ?? "settings.title";
  return (
    <>
      <h2 className={styles.heading}>{t(title)}</h2>
      {query.isError ? (
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => void query.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("settings.failed")} {reasonOf(query.error, t)}
        </Banner>
      ) : null}
      {query.data === undefined ? null : (
        <div className={styles.card}>
          <Rows id={id} settings={query.data} change={change} />
        </div>
      )}
    </>
  );
}

type RowsProps = {
  id: Exclude<SectionId, "accounts" | "team" | "metakocka">;
  settings: Settings;
  change: (part: Partial<Settings>) => void;
};

function Rows({ id, settings, change }: RowsProps) {
  const props = { settings, change };
  switch (id) {
    case "writing":
      return <Writing {...props} />;
    case "appearance":
      return <Appearance {...props} />;
    case "keyboard":
      return <KeyboardSettings {...props} />;
    case "notifications":
      return <Notifications {...props} />;
    case "sync":
      return <MailChecks {...props} />;
  }
}
