import { queryOptions } from "@tanstack/react-query";
import { api } from "./commands.ts";

/** Keys of what admins see of the ERP. */
export const erpKeys = {
  all: ["erp"] as const,
  overview: ["erp", "overview"] as const,
  audit: ["erp", "audit"] as const,
};

export const erpOverviewQuery = queryOptions({
  queryKey: erpKeys.overview,
  queryFn: () => api.erpOverview(),
});

/** Asked of the server each time it is opened. */
export const auditQuery = queryOptions({
  queryKey: erpKeys.audit,
  queryFn: () => api.auditLog(),
  staleTime: 0,
  retry: false,
});
