//! `GET /openapi.json`: the HTTP part, for others' programs. The WebSocket's frames are described in words there.

use axum::Json;
use serde_json::{Map, Value, json};

/// One line a path and method; a test asks the server for each.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    access: Access,
    body: Option<&'static str>,
    /// Status, and the schema or media type of the answer.
    answer: (&'static str, Answer),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Everybody,
    Member,
    Admin,
}

#[derive(Clone, Copy)]
enum Answer {
    One(&'static str),
    List(&'static str),
    Text(&'static str),
    Nothing,
}

const OPERATIONS: &[Operation] = &[
    Operation {
        method: "post",
        path: "/api/v1/login",
        summary: "Sign in with address and password; the answer's token is shown once. 409 names the organisations when the pair fits several",
        access: Access::Everybody,
        body: Some("LoginRequest"),
        answer: ("200", Answer::One("SignedIn")),
    },
    Operation {
        method: "post",
        path: "/api/v1/join",
        summary: "Become a member with an invitation's code, or sign in where the member exists",
        access: Access::Everybody,
        body: Some("JoinRequest"),
        answer: ("200", Answer::One("SignedIn")),
    },
    Operation {
        method: "get",
        path: "/api/v1/sign-in",
        summary: "Whether there is a company's sign-in besides address and password",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::One("SignInWays")),
    },
    Operation {
        method: "post",
        path: "/api/v1/oidc/start",
        summary: "Begin to sign in by the company's OpenID Connect provider: a URL for the browser, a ticket for finish",
        access: Access::Everybody,
        body: Some("CompanyStart"),
        answer: ("200", Answer::One("CompanyStarted")),
    },
    Operation {
        method: "get",
        path: "/api/v1/oidc/callback",
        summary: "Where the provider sends the browser; it goes on to the desk's port on 127.0.0.1 with a grant",
        access: Access::Everybody,
        body: None,
        answer: ("303", Answer::Nothing),
    },
    Operation {
        method: "post",
        path: "/api/v1/oidc/finish",
        summary: "Sign in with the ticket and the grant. A code is needed the first time; 403 says what is missing, 409 that a member with a password has this address or which organisations there are",
        access: Access::Everybody,
        body: Some("CompanyFinish"),
        answer: ("200", Answer::One("SignedIn")),
    },
    Operation {
        method: "get",
        path: "/api/v1/ws",
        summary: "The WebSocket of a desk. JSON text frames; the first is {\"type\":\"hello\",\"version\":1,\"token\",\"device\",\"cursor\"}",
        access: Access::Everybody,
        body: None,
        answer: ("101", Answer::Nothing),
    },
    Operation {
        method: "get",
        path: "/api/v1/orgs/{org}/members",
        summary: "The members, by name",
        access: Access::Member,
        body: None,
        answer: ("200", Answer::List("MemberRow")),
    },
    Operation {
        method: "delete",
        path: "/api/v1/orgs/{org}/members/{member}",
        summary: "Take a member out; their devices are signed out, their words stay",
        access: Access::Admin,
        body: None,
        answer: ("204", Answer::Nothing),
    },
    Operation {
        method: "post",
        path: "/api/v1/orgs/{org}/invitations",
        summary: "Invite somebody: a link and a code, usable once within seven days",
        access: Access::Admin,
        body: Some("InviteRequest"),
        answer: ("201", Answer::One("Invitation")),
    },
    Operation {
        method: "get",
        path: "/api/v1/orgs/{org}/devices",
        summary: "Signed-in devices: all for an admin, one's own for others",
        access: Access::Member,
        body: None,
        answer: ("200", Answer::List("DeviceRow")),
    },
    Operation {
        method: "delete",
        path: "/api/v1/orgs/{org}/devices/{device}",
        summary: "Sign a device out: one's own, or any for an admin. Its live connection ends",
        access: Access::Member,
        body: None,
        answer: ("204", Answer::Nothing),
    },
    Operation {
        method: "get",
        path: "/api/v1/orgs/{org}/events",
        summary: "Events after a number, in order, without gaps",
        access: Access::Member,
        body: None,
        answer: ("200", Answer::One("EventPage")),
    },
    Operation {
        method: "get",
        path: "/api/v1/orgs/{org}/audit",
        summary: "The audit log, newest first",
        access: Access::Admin,
        body: None,
        answer: ("200", Answer::List("AuditRow")),
    },
    Operation {
        method: "post",
        path: "/api/v1/orgs/{org}/erp",
        summary: "Connect the company's Metakocka: tried there, sealed, and kept; the key is never given back. 400 says what Metakocka said",
        access: Access::Admin,
        body: Some("ErpRequest"),
        answer: ("200", Answer::One("ErpConnected")),
    },
    Operation {
        method: "delete",
        path: "/api/v1/orgs/{org}/erp",
        summary: "Disconnect the company's Metakocka: its key and all facts are forgotten. 404 where none is, 409 while changes are on their way, unless ?anyway=true",
        access: Access::Admin,
        body: None,
        answer: ("200", Answer::One("ErpDisconnected")),
    },
    Operation {
        method: "post",
        path: "/api/v1/erp/{org}/webhook",
        summary: "Metakocka's news of stock, signed in X-MetaKocka-Signature with the secret an admin entered (kontor-server admin crm webhook); 401 where they are not. They may come twice: the mirror asks for the stock itself",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::Text("application/json")),
    },
    Operation {
        method: "head",
        path: "/api/v1/orgs/{org}/files/{sha256}",
        summary: "How a file of a note stands here: Upload-Offset and Upload-Length, Upload-Complete ?1 when it is whole. 404 when nothing of it is here",
        access: Access::Member,
        body: None,
        answer: ("200", Answer::Nothing),
    },
    Operation {
        method: "get",
        path: "/api/v1/orgs/{org}/files/{sha256}",
        summary: "A whole file, or the bytes its Range names (206). 404 until all of it is here",
        access: Access::Member,
        body: None,
        answer: ("200", Answer::Text("application/octet-stream")),
    },
    Operation {
        method: "patch",
        path: "/api/v1/orgs/{org}/files/{sha256}",
        summary: "Send a file from Upload-Offset on; Upload-Length is all of it, 25 MB at most. The answer's Upload-Offset says what is kept, also in a 409: go on there. 422 when all came and is not what the name says; nothing is stored then",
        access: Access::Member,
        body: None,
        answer: ("204", Answer::Nothing),
    },
    Operation {
        method: "get",
        path: "/join/{code}",
        summary: "A page that says what to do with an invitation",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::Text("text/html")),
    },
    Operation {
        method: "get",
        path: "/healthz",
        summary: "The program runs",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::Text("text/plain")),
    },
    Operation {
        method: "get",
        path: "/readyz",
        summary: "Desks can be served; 503 while they cannot",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::Text("text/plain")),
    },
    Operation {
        method: "get",
        path: "/metrics",
        summary: "Counters for Prometheus (OpenMetrics); they name nobody",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::Text("application/openmetrics-text")),
    },
    Operation {
        method: "get",
        path: "/openapi.json",
        summary: "This description",
        access: Access::Everybody,
        body: None,
        answer: ("200", Answer::Text("application/json")),
    },
];

pub(crate) async fn openapi() -> Json<Value> {
    std::future::ready(Json(description())).await
}

fn description() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(operation.method.into(), described(operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "kontor-server",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One organisation's shared memory: signing in, members, devices, events, files.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn described(operation: &Operation) -> Value {
    let mut parameters: Vec<Value> = operation
        .path
        .split(['{', '}'])
        .skip(1)
        .step_by(2)
        .map(|name| {
            let format = match name {
                "code" | "sha256" => name,
                _ => "uuid",
            };
            json!({ "name": name, "in": "path", "required": true,
                    "schema": { "type": "string", "format": format } })
        })
        .collect();
    let query: &[&str] = if operation.path.ends_with("/events") {
        &["after", "limit"]
    } else if operation.path.ends_with("/audit") {
        &["limit"]
    } else {
        &[]
    };
    parameters.extend(query.iter().map(|name| {
        json!({ "name": name, "in": "query", "schema": { "type": "integer", "minimum": 0 } })
    }));
    if operation.method == "patch" {
        parameters.extend(["Upload-Offset", "Upload-Length"].map(|name| {
            json!({ "name": name, "in": "header", "required": true,
                    "schema": { "type": "integer", "minimum": 0 } })
        }));
    }
    let (status, answer) = operation.answer;
    let mut responses = Map::new();
    responses.insert(status.to_owned(), good(answer));
    responses.insert("default".into(), bad("What is wrong"));
    let mut described = Map::new();
    described.insert("summary".into(), json!(operation.summary));
    described.insert("parameters".into(), json!(parameters));
    if operation.access != Access::Everybody {
        described.insert("security".into(), json!([{ "token": [] }]));
        let stranger = bad("No token, or not one of this organisation");
        responses.insert("401".into(), stranger);
    }
    if operation.access == Access::Admin {
        responses.insert("403".into(), bad("Not an admin"));
    }
    if let Some(body) = operation.body {
        let content = json!({ "application/json": { "schema": reference(body) } });
        let body = json!({ "required": true, "content": content });
        described.insert("requestBody".into(), body);
    } else if operation.method == "patch" {
        let content = json!({ "application/offset+octet-stream": {} });
        described.insert("requestBody".into(), json!({ "content": content }));
    }
    described.insert("responses".into(), Value::Object(responses));
    Value::Object(described)
}

fn bad(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": reference("ApiProblem") } },
    })
}

fn good(answer: Answer) -> Value {
    match answer {
        Answer::Nothing => json!({ "description": "Done" }),
        Answer::Text(media) => json!({ "description": "The text", "content": { media: {} } }),
        Answer::One(schema) => json!({
            "description": schema,
            "content": { "application/json": { "schema": reference(schema) } },
        }),
        Answer::List(schema) => json!({
            "description": schema,
            "content": { "application/json": {
                "schema": { "type": "array", "items": reference(schema) },
            } },
        }),
    }
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// Fields by kind; one with a question mark may be left out or null.
fn schemas() -> Value {
    let mut schemas = Map::new();
    for (name, fields) in SCHEMAS {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in fields.split_whitespace() {
            let (field, kind) = field.split_once(':').unwrap_or((field, "text"));
            let (kind, optional) = match kind.strip_suffix('?') {
                Some(kind) => (kind, true),
                None => (kind, false),
            };
            if !optional {
                required.push(field);
            }
            properties.insert(field.to_owned(), kind_of(kind));
        }
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        schemas.insert((*name).to_owned(), schema);
    }
    Value::Object(schemas)
}

fn kind_of(kind: &str) -> Value {
    match kind {
        "text" => json!({ "type": "string" }),
        "id" => json!({ "type": "string", "format": "uuid" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "number" => json!({ "type": "integer", "minimum": 0 }),
        "yes-no" => json!({ "type": "boolean" }),
        "role" => json!({ "type": "string", "enum": ["admin", "member"] }),
        "any" => json!({ "type": "object" }),
        list if list.starts_with('[') => {
            json!({ "type": "array", "items": reference(list.trim_matches(['[', ']'])) })
        }
        schema => reference(schema),
    }
}

const SCHEMAS: &[(&str, &str)] = &[
    ("LoginRequest", "email password device org:id?"),
    ("JoinRequest", "code name:text? email password device"),
    (
        "SignedIn",
        "token org:id member:id device:id organisation:Org",
    ),
    ("SignInWays", "company:text?"),
    ("CompanyStart", "port:number"),
    ("CompanyStarted", "url attempt ticket seconds:number"),
    (
        "CompanyFinish",
        "ticket grant code:text? name:text? device org:id?",
    ),
    ("Org", "id:id name thread_key"),
    ("InviteRequest", "role:role"),
    ("Invitation", "link code role:role expires_at:time"),
    ("MemberRow", "member:id name email role:role active:yes-no"),
    (
        "DeviceRow",
        "device:id member:id name created_at:time revoked_at:time?",
    ),
    ("EventPage", "events:[Event] head:number"),
    (
        "Event",
        "seq:number member:id device:id accepted_at:time op:Op",
    ),
    ("Op", "op_id:id occurred_at:time subject body:any checksum"),
    ("AuditRow", "at:time member:id? action detail"),
    ("ErpRequest", "base_url company key"),
    ("ErpConnected", "base_url company renewed:yes-no"),
    ("ErpDisconnected", "base_url company"),
    ("ApiProblem", "code message"),
];

#[cfg(test)]
mod tests {
    use super::description;

    #[test]
    fn every_reference_leads_somewhere() {
        let description = description();
        let text = description.to_string();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            let schema = &description["components"]["schemas"][name];
            assert!(schema.is_object(), "{name} is described");
        }
    }
}
