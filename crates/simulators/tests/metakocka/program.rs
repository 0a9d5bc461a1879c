//! The program: says where it listens, serves, ends when told; a million documents fit.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::client::{read, text, web};

/// A running program, ended by its own id.
#[derive(Debug)]
struct Program {
    child: Child,
    url: String,
    company: String,
    key: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_metakocka-simulator"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = |before: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(before)
                .unwrap_or_else(|| panic!("{line}"))
                .to_owned()
        };
        let (url, company, key) = (
            said("listening on "),
            said("company_id "),
            said("secret_key "),
        );
        Self {
            child,
            url,
            company,
            key,
        }
    }

    async fn search(&self, more: Value) -> Value {
        let mut body = more;
        body["company_id"] = self.company.as_str().into();
        body["secret_key"] = self.key.as_str().into();
        let url = format!("{}/rest/eshop/v1/search", self.url);
        let sent = web().post(url).json(&body).send().await.unwrap();
        read(sent).await.unwrap().json()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn it_says_where_it_listens_and_ends_when_told() {
    let mut program =
        Program::start(&["--documents", "500", "--partners", "50", "--products", "40"]);
    let found = program
        .search(json!({ "doc_type": "sales_order", "limit": 1 }))
        .await;
    assert_eq!(found["opr_code"], "0", "{found}");
    let id = program.child.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success(), "told");
    let ended = program.child.wait().unwrap();
    assert!(ended.success(), "of its own will: {ended}");
}

/// The most memory a process has used, in kilobytes.
#[cfg(target_os = "linux")]
fn most_memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_million_documents_fit_into_little_memory() {
    let program = Program::start(&["--documents", "1000000", "--partners", "100000"]);
    let newest = json!({ "doc_type": "sales_order", "limit": 100, "result_type": "doc", "order_direction": "desc" });
    let found = program.search(newest).await;
    let total: u32 = text(&found, "result_all_records").parse().unwrap();
    assert!(total > 300_000, "a third are orders: {total}");
    assert_eq!(text(&found, "result_count"), "100", "a full page");
    let one = json!({ "doc_type": "sales_order", "limit": 5,
        "query_advance": [{ "type": "partner_query", "value": "mizarstvo kovač d.o.o." }] });
    program.search(one).await;
    let memory = most_memory(program.child.id());
    assert!(memory < 200_000, "{memory} kB");
}
