import { Bar } from "../../components/Skeleton.tsx";
import styles from "./List.module.css";

const ROWS = [
  [92, 230, 280],
  [120, 180, 260],
  [80, 250, 290],
  [110, 200, 240],
  [96, 160, 270],
  [130, 220, 285],
] as const;

/** The shape of rows to come. Still, and not read out. */
export function ListSkeleton({ compact }: { compact: boolean }) {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {ROWS.map(([people, subject, preview]) => (
        <div key={people} className={styles.ghost} data-compact={compact || undefined}>
          <Bar width={people} />
          <Bar width={subject} />
          {compact ? null : <Bar width={preview} />}
        </div>
      ))}
    </div>
  );
}
