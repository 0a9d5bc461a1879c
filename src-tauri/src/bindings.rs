//! The types of the door, written to `ui/src/api/bindings.ts` by `cargo xtask bindings`.

use std::path::Path;

use specta_typescript::Typescript;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::commands::{
    accounts, acting, acts, composing, customers, erp, marks, note_files, notes, reading, saving,
    system, team, views, writing,
};
use crate::events::{NoteNews, Notice, Open, Stale};

/// All commands and events.
#[expect(clippy::too_many_lines, reason = "a list of names")]
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            reading::overview,
            reading::list_threads,
            reading::changes_since,
            reading::open_thread,
            reading::message_body,
            reading::fetch_body,
            reading::trust_sender,
            reading::search,
            acting::act,
            acting::undo,
            composing::start_draft,
            composing::save_draft,
            composing::list_drafts,
            composing::discard_draft,
            composing::draft_collision,
            composing::outbox_collision,
            composing::send_draft,
            composing::unsend,
            composing::outbox,
            composing::retry_outbox,
            composing::cancel_outbox,
            writing::check_facts,
            writing::draft_changes,
            writing::outbox_changes,
            writing::list_templates,
            writing::template_placeholders,
            writing::placeholder_values,
            writing::save_template,
            writing::remove_template,
            writing::fill_template,
            accounts::discover_account,
            accounts::test_account,
            accounts::add_account,
            accounts::sign_in,
            accounts::remove_account,
            accounts::sync_now,
            system::save_attachment,
            saving::move_saved,
            saving::show_saved,
            system::open_attachment,
            system::open_link,
            system::health,
            system::get_settings,
            system::set_settings,
            system::window_ready,
            team::team_overview,
            team::team_join,
            team::team_company,
            team::team_join_by_company,
            team::team_leave,
            team::team_invite,
            team::team_set_presence,
            team::team_looking_at,
            team::team_caret,
            team::team_activity,
            team::team_analytics,
            team::mark_team_seen,
            team::thread_team,
            team::assign_thread,
            team::set_thread_status,
            team::conflicts,
            team::resolve_conflict,
            team::critical_fields,
            team::set_critical_fields,
            marks::marks,
            marks::set_tag,
            marks::save_task,
            marks::finish_task,
            marks::remove_task,
            notes::note,
            notes::edit_note,
            notes::note_history,
            notes::note_at,
            notes::restore_note,
            note_files::note_files,
            note_files::keep_note_file,
            note_files::want_note_file,
            note_files::save_note_file,
            note_files::open_note_file,
            acts::acts,
            acts::find_products,
            acts::plan_partner,
            acts::plan_contact,
            acts::plan_document,
            acts::plan_status,
            acts::plan_payment,
            acts::plan_attachment,
            acts::look_at_act,
            acts::confirm_act,
            acts::drop_act,
            customers::dossier_of_thread,
            customers::find_customers,
            customers::find_documents,
            views::saved_views,
            views::keep_view,
            views::remove_view,
            views::rule_view,
            customers::link_customer,
            customers::unlink_customer,
            customers::merge_customers,
            customers::part_customer,
            customers::say_same_customers,
            customers::dismiss_duplicate,
            customers::say_apart_customers,
            customers::badges,
            customers::named_documents,
            customers::dossier_of_customer,
            customers::customer_documents,
            customers::customer_charts,
            customers::save_customer_documents,
            erp::erp_overview,
            erp::connect_erp,
            erp::disconnect_erp,
            erp::audit_log,
        ])
        .events(collect_events![Stale, NoteNews, Notice, Open])
}

/// Writes the TypeScript.
///
/// # Errors
/// When a type cannot be told in TypeScript, or the file cannot be written.
pub fn write(file: &Path) -> anyhow::Result<()> {
    let language = Typescript::default()
        .header("// Generated from src-tauri by `cargo xtask bindings`. Do not edit.\n");
    builder().export(language, file)?;
    Ok(())
}
