import {
  Archive,
  CornerUpLeft,
  Ellipsis,
  FolderInput,
  ImageOff,
  Search,
  Trash2,
} from "lucide-react";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { useT } from "../i18n/language.tsx";
import files from "../mail/conversation/Attachments.module.css";
import conversation from "../mail/conversation/ConversationPane.module.css";
import { InfoBar } from "../mail/conversation/InfoBar.tsx";
import { MessageHeader } from "../mail/conversation/MessageHeader.tsx";
import { FoldRow, MessageRow } from "../mail/conversation/MessageRow.tsx";
import styles from "./Preview.module.css";
import {
  SAMPLE_FILES,
  SAMPLE_ITEMS,
  SAMPLE_NOW,
  SAMPLE_OLD,
  SAMPLE_OPEN,
  SAMPLE_ROWS,
  SAMPLE_SUBJECT,
} from "./sample.ts";

const nothing = (): void => undefined;

/** The real window with a day of the sample company in it: to be looked at, not touched. */
export function Preview() {
  const t = useT();
  return (
    <div className={styles.stage} inert aria-hidden="true">
      <div className={styles.window}>
        <PreviewList />
        <div className={conversation.pane}>
          <div className={styles.tools}>
            <Icon of={Archive} />
            <Icon of={Trash2} />
            <Icon of={FolderInput} />
            <span className={styles.space} />
            <Icon of={Ellipsis} />
          </div>
          <div className={conversation.subject}>
            <p className={styles.subject}>{SAMPLE_SUBJECT}</p>
          </div>
          <MessageRow message={SAMPLE_OLD} now={SAMPLE_NOW} onOpen={nothing} />
          <FoldRow count={2} onUnfold={nothing} />
          <div className={styles.message}>
            <MessageHeader
              message={SAMPLE_OPEN}
              now={SAMPLE_NOW}
              light={null}
              onCollapse={null}
              onReply={nothing}
              menu={[]}
            />
            <InfoBar icon={ImageOff} actions={<BarButtons />}>
              {t("conversation.images.short", { n: 3 })}
            </InfoBar>
            <SampleMail />
            <SampleFiles />
          </div>
          <span className={styles.space} />
          <div className={styles.reply}>
            <Icon of={CornerUpLeft} />
            {t("conversation.quick", { names: "Tomaž" })}
          </div>
        </div>
      </div>
    </div>
  );
}

function PreviewList() {
  const t = useT();
  return (
    <div className={styles.list}>
      <div className={styles.listHead}>
        <span className={styles.listTitle}>{t("rail.inbox")}</span>
        <span className={styles.count}>{t("rail.unread", { n: 3 })}</span>
      </div>
      <div className={styles.search}>
        <Icon of={Search} size={14} />
        <span>{t("action.search")}</span>
      </div>
      {SAMPLE_ROWS.map((row, index) => (
        <div
          key={row.time}
          className={styles.row}
          data-open={index === 0 || undefined}
          data-unread={row.unread || undefined}
        >
          <span className={styles.line}>
            <span className={styles.from}>{row.from}</span>
            <span className={styles.time}>{row.time}</span>
          </span>
          <span className={styles.line}>
            <span className={styles.what}>{row.subject}</span>
            {row.count > 1 ? <span className={styles.number}>{row.count}</span> : null}
          </span>
          <span className={styles.text}>{row.text}</span>
        </div>
      ))}
    </div>
  );
}

function BarButtons() {
  const t = useT();
  return (
    <>
      <Button size="small" variant="ghost">
        {t("conversation.images.show")}
      </Button>
      <Button size="small" variant="ghost">
        {t("conversation.images.always")}
      </Button>
    </>
  );
}

function SampleFiles() {
  return (
    <div className={files.grid}>
      {SAMPLE_FILES.map(([tone, label, name, size]) => (
        <div key={name} className={files.box}>
          <span className={files.open}>
            <span className={files.kind} data-tone={tone}>
              {label}
            </span>
            <span className={files.words}>
              <span className={files.name}>{name}</span>
              <span className={files.size}>{size}</span>
            </span>
          </span>
        </div>
      ))}
    </div>
  );
}

function SampleMail() {
  return (
    <div className={styles.mail} lang="sl">
      <p>Pozdravljena, Maja,</p>
      <p>
        hvala za ponudbo. Plošče potrjujemo, pri okovju pa prosim za spremembo količin: v delavnici
        smo ugotovili, da za zgornje omarice potrebujemo več spon. Popravljena tabela je spodaj.
      </p>
      <table>
        <tbody>
          {SAMPLE_ITEMS.map(([what, amount, price]) => (
            <tr key={what}>
              <td>{what}</td>
              <td>{amount}</td>
              <td>{price}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        Ali lahko potrdite dobavo do petka, 4. decembra? Montaža je v ponedeljek zjutraj, zato je
        rok za nas pomemben. Račun 2026-1187 je pri računovodstvu, Nina ga bo poravnala ta teden.
      </p>
      <p>
        Lep pozdrav,
        <br />
        Tomaž Kovač
      </p>
    </div>
  );
}
