import { CornerUpLeft, Ellipsis, Moon, Sun } from "lucide-react";
import { useState } from "react";
import type { Address, MessageHead } from "../../api/bindings.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu, type MenuItem } from "../../components/Menu.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { formatAddress } from "../compose/addresses.ts";
import styles from "./MessageHeader.module.css";
import { fullDate, longDate } from "./message-date.ts";
import { nameOf, recipientsLine, senderOf } from "./people.ts";

type Props = {
  message: MessageHead;
  now: Date;
  /** Null outside the dark: there is nothing to switch. */
  light: { on: boolean; toggle: () => void } | null;
  onCollapse: (() => void) | null;
  onReply: () => void;
  menu: MenuItem[];
};

/** Who wrote, to whom and when; everything about it on demand. */
export function MessageHeader({ message, now, light, onCollapse, onReply, menu }: Props) {
  const t = useT();
  const format = useFormat();
  const [details, setDetails] = useState(false);
  const sender = senderOf(message, t);
  const name = nameOf(sender);
  return (
    <>
      <header className={styles.header}>
        <Who sender={sender} message={message} onCollapse={onCollapse} />
        <button
          type="button"
          className={styles.recipients}
          aria-expanded={details}
          title={t("conversation.details")}
          onClick={() => setDetails(!details)}
        >
          {recipientsLine(message, t)}
        </button>
        <time
          className={styles.date}
          dateTime={message.date}
          title={fullDate(message.date, format)}
        >
          {longDate(message.date, now, format, t)}
        </time>
        <div className={styles.tools}>
          {light === null ? null : (
            <IconButton
              icon={light.on ? Moon : Sun}
              label={t(light.on ? "conversation.dark" : "conversation.light")}
              pressed={light.on}
              onClick={light.toggle}
            />
          )}
          <IconButton
            icon={CornerUpLeft}
            label={t("conversation.message.reply")}
            keys="r"
            onClick={onReply}
          />
          <Menu
            align="end"
            trigger={<IconButton icon={Ellipsis} label={t("conversation.message.actions")} />}
            items={menu}
          />
        </div>
      </header>
      {details ? <Details message={message} name={name} /> : null}
    </>
  );
}

type WhoProps = { sender: Address; message: MessageHead; onCollapse: (() => void) | null };

function Who({ sender, message, onCollapse }: WhoProps) {
  const t = useT();
  const name = nameOf(sender);
  const colour = message.outgoing ? ({ colour: 3 } as const) : {};
  const who = (
    <>
      <Avatar name={name} size={32} {...colour} />
      <span className={styles.names}>
        <span className={styles.name}>{name}</span>
        {sender.address === name ? null : <span className={styles.address}>{sender.address}</span>}
      </span>
    </>
  );
  if (onCollapse === null) return <div className={styles.who}>{who}</div>;
  return (
    <button
      type="button"
      className={styles.who}
      aria-expanded="true"
      title={t("conversation.message.close")}
      onClick={onCollapse}
    >
      {who}
    </button>
  );
}

function Details({ message, name }: { message: MessageHead; name: string }) {
  const t = useT();
  const format = useFormat();
  const people = (list: Address[]) => list.map(formatAddress).join(", ");
  const rows: [label: string, value: string][] = [
    [t("conversation.details.from"), people(message.from) || name],
    [t("conversation.details.replyTo"), people(message.replyTo)],
    [t("conversation.details.to"), people(message.to)],
    [t("conversation.details.cc"), people(message.cc)],
    [t("conversation.details.date"), fullDate(message.date, format)],
    [t("conversation.details.folders"), message.placements.map(({ path }) => path).join(", ")],
  ];
  return (
    <dl className={styles.details} data-selectable>
      {rows
        .filter(([, value]) => value !== "")
        .map(([label, value]) => (
          <div key={label} className={styles.pair}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
