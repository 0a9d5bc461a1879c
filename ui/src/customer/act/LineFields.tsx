import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useId } from "react";
import { productsQuery } from "../../api/acts.ts";
import type { LineForm, ProductHit } from "../../api/bindings.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { useDebounced } from "../../mail/search/use-debounced.ts";
import { TextField } from "../../settings/fields/TextField.tsx";
import styles from "./Act.module.css";

/** Typing rests this long before it is searched, ms. */
const REST = 80;

type Props = {
  n: number;
  line: LineForm;
  currency: string;
  /** What is missing is said. */
  tried: boolean;
  onChange: (change: Partial<LineForm>) => void;
  onRemove: (() => void) | null;
};

/** A line: a product by code or name, how much, and where the price list is not to count, for how much. */
export function LineFields({ n, line, currency, tried, onChange, onRemove }: Props) {
  const t = useT();
  const format = useFormat();
  const list = useId();
  const asked = useDebounced(line.code.trim(), REST);
  const found = useQuery({ ...productsQuery(asked, currency), enabled: asked !== "" });
  const hits = asked === "" ? [] : (found.data ?? []);
  const chosen = hits.find(({ code }) => code === line.code.trim());
  const words = ({ name, unit, price, stock }: ProductHit): string =>
    [
      name,
      price === null ? null : `${format.money(price, currency)}${unit === "" ? "" : `/${unit}`}`,
      stock === null ? null : t("act.line.stock", { amount: format.number(stock) }),
    ]
      .filter((part) => part !== null)
      .join(", ");
  const missing = (text: string) => (tried && text.trim() === "" ? t("act.missing") : null);
  const listed = t("act.line.listed");
  return (
    <fieldset className={styles.line}>
      <legend>{t("act.line", { n })}</legend>
      <div className={styles.code}>
        <TextField
          label={t("act.line.code")}
          placeholder={t("act.line.pick")}
          list={list}
          value={line.code}
          // Its room is kept: what is said of a product moves nothing away from under a hand.
          hint={chosen ? words(chosen) : "\u00a0"}
          error={missing(line.code)}
          onChange={(code) => onChange({ code })}
        />
        <datalist id={list}>
          {hits.map((hit) => (
            <option key={hit.code} value={hit.code}>
              {words(hit)}
            </option>
          ))}
        </datalist>
      </div>
      <TextField
        label={t("act.line.amount")}
        inputMode="decimal"
        value={line.amount}
        error={missing(line.amount)}
        onChange={(amount) => onChange({ amount })}
      />
      <TextField
        label={t("act.line.price")}
        inputMode="decimal"
        placeholder={chosen?.price ? format.number(chosen.price) : listed}
        value={line.price}
        onChange={(price) => onChange({ price })}
      />
      <TextField
        label={t("act.line.discount")}
        inputMode="decimal"
        value={line.discount}
        onChange={(discount) => onChange({ discount })}
      />
      <TextField
        label={t("act.line.tax")}
        inputMode="decimal"
        placeholder={chosen?.tax ? format.number(chosen.tax) : listed}
        value={line.tax}
        onChange={(tax) => onChange({ tax })}
      />
      {onRemove ? (
        <IconButton icon={Trash2} label={t("act.line.remove", { n })} onClick={onRemove} />
      ) : null}
    </fieldset>
  );
}
