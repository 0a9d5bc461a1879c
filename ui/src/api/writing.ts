import { queryOptions } from "@tanstack/react-query";
import type { Draft, TableLanguage, WritingMail } from "./bindings.ts";
import { api } from "./commands.ts";

/** Keys of what helps while a mail is written. */
export const writingKeys = {
  facts: ["facts"] as const,
  templates: ["templates"] as const,
  filled: (template: string) => ["templates", "filled", template] as const,
};

/** The facts of a text that is being written. Kept for a moment only: every pause asks about another text. */
export const factsQuery = (mail: WritingMail) =>
  queryOptions({
    queryKey: [...writingKeys.facts, mail],
    queryFn: () => api.checkFacts(mail),
    gcTime: 10_000,
    staleTime: 10_000,
    retry: false,
  });

export const templatesQuery = queryOptions({
  queryKey: writingKeys.templates,
  queryFn: () => api.listTemplates(),
});

/** A template with the values of whoever a draft goes to. */
export const filledQuery = (template: string, draft: Pick<Draft, "to" | "cc" | "account">) =>
  queryOptions({
    queryKey: [...writingKeys.filled(template), draft.to, draft.cc, draft.account],
    queryFn: () => api.fillTemplate(template, [...draft.to, ...draft.cc], draft.account),
    gcTime: 0,
  });

/** What placeholders stand for in a mail to whoever a draft goes to. */
export const placeholdersQuery = (
  draft: Pick<Draft, "to" | "cc" | "account">,
  language: TableLanguage,
) =>
  queryOptions({
    queryKey: [...writingKeys.templates, "values", draft.to, draft.cc, draft.account, language],
    queryFn: () => api.placeholderValues([...draft.to, ...draft.cc], draft.account, language),
    gcTime: 0,
  });
