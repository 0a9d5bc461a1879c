import type { HealthView } from "../api/bindings.ts";

/**
 * The state of the connections for a colleague or an admin: counts, times and states. No address, subject or
 * token may ever stand in it, so the servers' own words stay out, too. In English, as logs are.
 */
export const report = (health: HealthView, now: Date): string => {
  const lines = [`Kontor sync report, ${now.toISOString()}`, ""];
  health.accounts.forEach((account, index) => {
    lines.push(`Account ${index + 1}: ${account.state}`);
    for (const { layer, lastAt, found } of account.layers) {
      lines.push(`  ${layer}: last ${lastAt ?? "never"}, found today ${found}`);
    }
    const { envelopes, bodies } = account.backlog;
    lines.push(`  backlog: ${envelopes} envelopes, ${bodies} bodies`);
  });
  const { operations, outbox, unknown } = health.pending;
  lines.push(
    "",
    `Waiting: ${operations} operations, ${outbox} in the outbox, ${unknown} unknown`,
    `Searchable bodies: ${(health.coverage * 100).toFixed(1)} %`,
    `Store: ${health.storeBytes} bytes`,
    `Passwords: ${health.keychain}`,
    "",
  );
  return lines.join("\n");
};
