//! One suite for every storage: real files, real servers, no mocks.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod acts;
mod backups;
mod checks;
mod company;
mod critical;
mod erps;
mod events;
mod facts;
mod files;
mod goods;
mod guard;
mod people;
mod snapshots;
mod stage;
mod unsent;

macro_rules! suite {
    ($($file:ident :: $case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$file::$case(&super::stage::SqliteStage::new()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$file::$case(&super::stage::PostgresStage::new()).await;
            })+
        }
    };
}

suite! {
    events::numbers_have_no_gaps_in_any_organisation,
    events::many_tasks_at_once,
    events::two_nodes_on_one_database,
    events::the_same_operation_is_stored_once,
    events::a_reused_id_is_refused,
    events::an_unknown_organisation_is_refused,
    events::what_was_stored_is_read_exactly,
    events::reopening_keeps_all,
    people::an_organisation_begins_with_its_admin,
    people::a_code_makes_one_member,
    people::a_race_for_a_code_has_one_winner,
    people::a_code_runs_out,
    people::an_address_that_is_there_keeps_the_code,
    people::a_revoked_token_is_nobodys,
    people::a_removed_member_is_out,
    people::the_last_admin_stays,
    people::the_audit_log_is_newest_first,
    company::a_person_of_the_company_is_known_by_their_subject,
    company::tying_a_member_ends_the_other_ways_in,
    company::ties_are_in_a_backup,
    company::a_slip_is_taken_once_and_runs_out,
    critical::a_list_holds_from_the_event_that_sets_it,
    critical::a_list_is_in_a_backup,
    backups::a_backup_is_restored,
    backups::a_backup_is_taken_while_others_write,
    backups::damaged_files_are_refused,
    backups::only_an_empty_database_is_restored_into,
    backups::a_backup_never_overwrites,
    checks::a_healthy_database_has_no_problems,
    checks::problems_are_found,
    checks::a_damaged_event_is_named,
    snapshots::folds_are_put_where_nobody_was_faster,
    snapshots::nodes_that_fold_at_once_come_to_the_same,
    snapshots::damaged_folds_are_found_and_made_anew,
    snapshots::a_restored_database_folds_anew,
    files::a_file_comes_piece_by_piece,
    files::pieces_go_on_where_the_file_stands,
    files::what_was_left_is_thrown_away,
    files::nodes_that_take_the_same_file_at_once,
    files::files_are_in_a_backup,
    files::damaged_files_are_found,
    facts::a_fact_that_is_as_it_was_keeps_its_version,
    facts::what_is_gone_or_moved_is_told_to_whom_it_belonged,
    erps::another_company_begins_another_life,
    erps::a_disconnected_company_leaves_nothing,
    erps::what_is_on_its_way_is_not_left_behind,
    erps::one_node_mirrors_at_a_time,
    facts::what_a_sweep_did_not_see_is_looked_for,
    facts::a_document_may_come_before_its_customer,
    facts::what_a_document_tells_of_a_customer_yields_to_its_card,
    facts::pages_go_on_where_they_ended,
    facts::looks_of_two_nodes_are_numbered_in_one_order,
    goods::a_product_that_is_as_it_was_keeps_its_version,
    goods::what_a_round_did_not_meet_is_named_and_may_go,
    goods::news_of_stock_are_done_with_unless_newer_came,
    goods::another_company_has_no_products_yet,
    goods::the_customer_not_asked_for_longest_is_first,
    erps::an_organisation_has_its_own_facts,
    erps::a_backup_has_the_connection_and_no_facts,
    erps::facts_that_belong_nowhere_are_found,
    acts::an_act_is_planned_once_and_changed_by_who_saw_it_last,
    acts::an_organisation_has_its_own_acts,
    acts::acts_are_in_a_backup,
    unsent::what_was_left_unsent_is_told_after_a_new_start,
}
