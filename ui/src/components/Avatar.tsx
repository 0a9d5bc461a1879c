import styles from "./Avatar.module.css";

type Props = {
  name: string;
  /** 18 in rows, 20 inline, 24 in folded messages, 32 in open ones, 36 in team lists. */
  size?: 18 | 20 | 24 | 32 | 36;
  /** 1–6 for people of the company, in order of joining; others are grey. */
  colour?: 1 | 2 | 3 | 4 | 5 | 6;
};

/** First letters of the first and last word; of an address, its first letter. */
export function initials(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[\s._-]+/).filter((word) => /\p{L}/u.test(word));
  const letter = (word: string | undefined) => word?.match(/\p{L}/u)?.[0] ?? "";
  const last = words.length > 1 ? letter(words.at(-1)) : "";
  return (letter(words[0]) + last).toLocaleUpperCase() || "?";
}

/** A person's circle. Decorative: the name always stands beside it. */
export function Avatar({ name, size = 20, colour }: Props) {
  return (
    <span className={styles.avatar} data-size={size} data-colour={colour} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
