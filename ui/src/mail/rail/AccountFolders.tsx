import { ChevronRight } from "lucide-react";
import type { AccountState, AccountView, Overview, Scope } from "../../api/bindings.ts";
import { setLayout, useLayout } from "../../app/layout.ts";
import type { Route } from "../../app/route.ts";
import { Dot } from "../../components/Dot.tsx";
import { Icon } from "../../components/Icon.tsx";
import { type PlainKey, type Translate, useT } from "../../i18n/language.tsx";
import { accountName, folderName, foldersOf } from "../folders.ts";
import { NavRow } from "./NavRow.tsx";
import { isHere, listHash } from "./place.ts";
import styles from "./Rail.module.css";

const STATE_NAME: Record<AccountState, PlainKey> = {
  live: "rail.live",
  polling: "rail.polling",
  connecting: "rail.connecting",
  offline: "rail.offline",
  needs_you: "rail.needsYou",
};

/** An account's state and why, in one line: "info@…: Polling. Instant mail does not work: …". */
export function accountSays(account: AccountView, t: Translate): string {
  const state = t(STATE_NAME[account.state]);
  return account.why
    ? t("rail.accountSaysWhy", { email: account.email, state, why: t.said(account.why) })
    : t("rail.accountSays", { email: account.email, state });
}

type Props = {
  account: AccountView;
  overview: Overview;
  route: Route;
  folded: boolean;
  first: boolean;
};

/** An account with its dot, and its folders when they are shown. */
export function AccountFolders({ account, overview, route, folded, first }: Props) {
  const t = useT();
  const { openAccounts } = useLayout();
  const folders = foldersOf(account.id, overview);
  const inbox = folders.find((folder) => folder.role === "inbox") ?? folders[0];
  const shown = openAccounts === null ? first : openAccounts.includes(account.id);
  const name = accountName(account);
  const toggle = () => {
    const before = openAccounts ?? overview.accounts.slice(0, 1).map((row) => row.id);
    const others = before.filter((id) => id !== account.id);
    setLayout({ openAccounts: shown ? others : [...others, account.id] });
  };
  const home: Scope | null = inbox ? { kind: "folder", folder: inbox.id } : null;
  const open = shown && !folded;
  return (
    <div className={styles.account}>
      <div className={styles.accountRow}>
        <NavRow
          href={home ? listHash(home) : "#/settings/accounts"}
          mark={<Dot state={account.state} />}
          name={name}
          tooltip={accountSays(account, t)}
          current={!open && home !== null && isHere(route, home)}
          folded={folded}
          {...(account.unread > 0
            ? { count: account.unread, countSaid: t("rail.unread", { n: account.unread }) }
            : {})}
        />
        {folded || folders.length === 0 ? null : (
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={shown}
            aria-label={
              shown
                ? t("rail.hideFolders", { account: name })
                : t("rail.showFolders", { account: name })
            }
            onClick={toggle}
          >
            <Icon of={ChevronRight} size={14} />
          </button>
        )}
      </div>
      {open
        ? folders.map((folder) => {
            const scope: Scope = { kind: "folder", folder: folder.id };
            const counts = folder.role === null || folder.role === "inbox" ? folder.unread : 0;
            return folder.selectable ? (
              <NavRow
                key={folder.id}
                href={listHash(scope)}
                name={folderName(folder, t)}
                current={isHere(route, scope)}
                folded={false}
                depth={folder.depth + 1}
                {...(counts > 0
                  ? { count: counts, countSaid: t("rail.unread", { n: counts }) }
                  : {})}
              />
            ) : (
              <div
                key={folder.id}
                className={styles.parent}
                style={{ paddingInlineStart: 32 + folder.depth * 12 }}
              >
                {folder.name}
              </div>
            );
          })
        : null}
    </div>
  );
}
