import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Overview, SearchHit } from "../../api/bindings.ts";
import { overviewQuery } from "../../api/queries.ts";
import { hitsOf, useSearch } from "../../api/search.ts";
import { announce } from "../../app/announce.ts";
import { focusPane } from "../../app/panes.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { openDocument } from "../../customer/open.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import { folderName } from "../folders.ts";
import { CoverageBar } from "./CoverageBar.tsx";
import { EmptyField } from "./EmptyField.tsx";
import { FoundDocuments, useFoundDocuments } from "./FoundDocuments.tsx";
import { HitList } from "./HitList.tsx";
import { NothingFound } from "./NothingFound.tsx";
import { rememberSearch } from "./recent.ts";
import styles from "./Search.module.css";
import { SearchField } from "./SearchField.tsx";
import { useDebounced } from "./use-debounced.ts";

/** How long typing must rest before it is searched, ms: shorter than the next letter of a fast typist. */
const REST = 40;

const retype = (search: string) => goToMail({ search, thread: null }, { replace: true });

/** The search: field, how complete it is, results. Fills the window until a result is opened. */
export function SearchPane({ text, open }: { text: string; open: string | null }) {
  const t = useT();
  const { data: overview } = useQuery(overviewQuery);
  const { search, hits, first, settled } = useResults(text);
  const results = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string | null>(null);

  const openHit = useCallback(
    (hit: SearchHit) => {
      rememberSearch(text);
      setCursor(hit.id);
      goToMail({ thread: hit.thread, compose: null });
    },
    [text],
  );
  const focusHit = (id: string | undefined) => {
    if (id === undefined) return;
    setCursor(id);
    requestAnimationFrame(() =>
      results.current?.querySelector<HTMLElement>(`[data-hit="${CSS.escape(id)}"]`)?.focus(),
    );
  };
  const documents = useFoundDocuments(text);
  const document = documents[0];
  const focusHits = () => focusHit(cursor ?? hits[0]?.id);
  const focusResults = () => {
    const first = results.current?.querySelector<HTMLElement>("[data-document]");
    if (first) first.focus();
    else focusHits();
  };
  const openFirst = () => {
    const hit = hits.find((row) => row.id === cursor) ?? hits[0];
    if (hit) openHit(hit);
    else if (document) openDocument(document.customer, document.document);
  };

  return (
    <div className={styles.pane}>
      <h1 className="visually-hidden">{t("search.label")}</h1>
      <SearchField
        text={text}
        ms={settled && first ? first.ms : null}
        onChange={retype}
        onDown={focusResults}
        onEnter={openFirst}
      />
      <CoverageBar coverage={first?.coverage ?? overview?.coverage ?? 1} overview={overview} />
      {first?.problem ? (
        // Several complaints come as one text; each begins with the operator it is about.
        <p className={styles.problem}>
          {first.problem
            .split(/(?<=\.) (?=“)/)
            .map(t.said)
            .join(" ")}
        </p>
      ) : null}
      <div className={styles.results} ref={results}>
        {text.trim() === "" ? null : (
          <FoundDocuments
            key={text}
            found={documents}
            onLeave={() => focusPane("list")}
            onPast={focusHits}
          />
        )}
        <Answer text={text} search={search} settled={settled} others={documents.length > 0}>
          <Hits
            search={search}
            hits={hits}
            total={first?.total ?? hits.length}
            overview={overview}
            open={open}
            cursor={cursor}
            onOpen={openHit}
            onCursor={focusHit}
          />
        </Answer>
      </div>
    </div>
  );
}

/** The results of what is typed, and whether they are the answer to all of it. */
function useResults(text: string) {
  const t = useT();
  const asked = useDebounced(text, REST);
  const search = useSearch(asked);
  const hits = useMemo(() => hitsOf(search.data), [search.data]);
  const first = search.data?.pages[0];
  const settled =
    text.trim() !== "" && asked === text && search.isSuccess && !search.isPlaceholderData;
  useEffect(() => {
    if (settled && first) announce(t("search.results", { n: first.total }));
  }, [settled, first, t]);
  return { search, hits, first, settled };
}

type Search = ReturnType<typeof useSearch>;

/** What stands under the field: where to begin, what failed, nothing, or the results. */
function Answer(props: {
  text: string;
  search: Search;
  settled: boolean;
  /** Something that is no mail was found. */
  others: boolean;
  children: ReactNode;
}) {
  const { text, search, settled, others, children } = props;
  const t = useT();
  if (text.trim() === "") return <EmptyField onPick={retype} />;
  if (search.isError) {
    return (
      <div className={styles.failed}>
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => search.refetch().catch(() => undefined)}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("search.failed")}
        </Banner>
      </div>
    );
  }
  const found = hitsOf(search.data).length > 0;
  if (settled && !found) return others ? null : <NothingFound text={text} onPick={retype} />;
  return found ? children : null;
}

type HitsProps = {
  search: Search;
  hits: readonly SearchHit[];
  total: number;
  overview: Overview | undefined;
  open: string | null;
  cursor: string | null;
  onOpen: (hit: SearchHit) => void;
  onCursor: (id: string) => void;
};

function Hits({ search, total, overview, ...list }: HitsProps) {
  const t = useT();
  const format = useFormat();
  const folders = useFolderNames(overview);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = search;
  const loadMore = useMemo(
    () =>
      hasNextPage && !isFetchingNextPage
        ? () => {
            fetchNextPage().catch(() => undefined);
          }
        : null,
    [fetchNextPage, hasNextPage, isFetchingNextPage],
  );
  return (
    <>
      <h2 className={styles.kind}>
        {t("search.mail")}
        <span className={styles.kindCount}>{format.number(total)}</span>
      </h2>
      <HitList
        {...list}
        total={total}
        folders={folders}
        loadMore={loadMore}
        onLeave={() => focusPane("list")}
      />
    </>
  );
}

function useFolderNames(overview: Overview | undefined): ReadonlyMap<string, string> {
  const t = useT();
  return useMemo(
    () => new Map((overview?.folders ?? []).map((folder) => [folder.id, folderName(folder, t)])),
    [overview, t],
  );
}
