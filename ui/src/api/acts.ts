import { queryOptions } from "@tanstack/react-query";
import { api } from "./commands.ts";

/** Keys of what is to be written into Metakocka. */
export const actKeys = {
  all: ["acts"] as const,
  products: (text: string, currency: string) => ["products", currency, text] as const,
};

/** What is planned here and what became of it, the newest first. */
export const actsQuery = queryOptions({
  queryKey: actKeys.all,
  queryFn: () => api.acts(),
});

/** Products by code or name. Kept briefly: stock and prices change under it. */
export const productsQuery = (text: string, currency: string) =>
  queryOptions({
    queryKey: actKeys.products(text, currency),
    queryFn: () => api.findProducts(text, currency),
    gcTime: 10_000,
  });
