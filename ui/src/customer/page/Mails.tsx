import { Search } from "lucide-react";
import type { SearchHit } from "../../api/bindings.ts";
import { hitsOf, useSearch } from "../../api/search.ts";
import { useNow } from "../../app/now.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { peopleLine } from "../../mail/list/ThreadRow.tsx";
import styles from "./Mails.module.css";

/** The search whose answer are all mails with a customer. */
const queryOf = (customer: string) =>
  /\s/.test(customer) ? `customer:"${customer}" ` : `customer:${customer} `;

/** All conversations with a customer, over all accounts, newest first. */
export function Mails({ customer }: { customer: string }) {
  const t = useT();
  const query = queryOf(customer);
  const search = useSearch(query);
  const hits = newestOf(hitsOf(search.data));
  return (
    <Card
      title={t("customer.mails")}
      action={
        hits.length === 0 ? null : (
          <Button
            size="small"
            variant="ghost"
            icon={Search}
            onClick={() => goToMail({ search: query, thread: null, compose: null })}
          >
            {t("customer.mails.search")}
          </Button>
        )
      }
    >
      {search.isError ? <Banner tone="red">{t("search.failed")}</Banner> : null}
      {search.isSuccess && hits.length === 0 ? (
        <p className={styles.none}>{t("customer.mails.none")}</p>
      ) : null}
      <ul>
        {hits.map((hit) => (
          <Mail key={hit.thread} hit={hit} />
        ))}
      </ul>
      {search.hasNextPage ? (
        <Button
          className={styles.more}
          disabledReason={search.isFetchingNextPage ? t("common.loading") : null}
          onClick={() => void search.fetchNextPage()}
        >
          {t("customer.mails.load")}
        </Button>
      ) : null}
    </Card>
  );
}

/** Of each conversation its newest mail. */
function newestOf(hits: readonly SearchHit[]): SearchHit[] {
  const seen = new Set<string>();
  return hits.filter(({ thread }) => !seen.has(thread) && seen.add(thread));
}

function Mail({ hit }: { hit: SearchHit }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <li className={styles.item}>
      <button
        type="button"
        className={styles.mail}
        data-unread={hit.unread || undefined}
        onClick={() => goToMail({ thread: hit.thread, search: null, compose: null })}
      >
        <span className={styles.people}>{peopleLine(hit.from, t("common.unknownSender"))}</span>
        <span className={styles.subject}>{hit.subject || t("common.noSubject")}</span>
        <span className={styles.when}>{format.date(new Date(hit.date), now)}</span>
      </button>
    </li>
  );
}
