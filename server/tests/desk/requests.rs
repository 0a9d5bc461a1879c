//! HTTP: signing in, what members and admins may do, what is described.

use kontor_protocol::{JoinRequest, Role, SignedIn};
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{Asking, House, PASSWORD, note};

impl House {
    pub(crate) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let body = Some(body.as_str());
        self.ask("POST", path, Asking { token, body }).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        let token = Some(token);
        self.ask("GET", path, Asking { token, body: None }).await
    }
}

#[tokio::test]
async fn an_invitation_makes_one_member_who_can_sign_in_again() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let invitations = format!("/api/v1/orgs/{}/invitations", ana.org);
    let (status, invitation) = house
        .post(&invitations, Some(&ana.token), &json!({ "role": "member" }))
        .await;
    assert_eq!(status, 201, "{invitation}");
    let code = invitation["code"].as_str().unwrap();
    let link = invitation["link"].as_str().unwrap();
    assert_eq!(link, format!("http://{}/join/{code}", house.address));
    let (status, page) = house
        .ask("GET", &format!("/join/{code}"), Asking::default())
        .await;
    assert_eq!(status, 200);
    assert!(
        page.as_str().unwrap().contains(code),
        "the page shows the code"
    );

    let typed = format!(" {} ", code.to_lowercase().replace('-', ""));
    let join = json!({ "code": typed, "name": "Bor", "email": "Bor@Cebela.example",
                       "password": PASSWORD, "device": "laptop" });
    let (status, joined) = house.post("/api/v1/join", None, &join).await;
    assert_eq!(status, 200, "{joined}");
    let (status, again) = house.post("/api/v1/join", None, &join).await;
    assert_eq!(
        (status, &again["code"]),
        (404, &json!("not_found")),
        "once usable"
    );

    let login = json!({ "email": "bor@cebela.EXAMPLE ", "password": PASSWORD, "device": "desk" });
    let (status, signed_in) = house.post("/api/v1/login", None, &login).await;
    assert_eq!(status, 200, "{signed_in}");
    assert_eq!(signed_in["member"], joined["member"], "the same person");
    assert_ne!(signed_in["device"], joined["device"], "on another device");
    assert_eq!(signed_in["organisation"]["name"], "cebela");
    let desk: SignedIn = serde_json::from_value(signed_in).unwrap();
    let mut line = house.line(&desk, 2).await;
    line.push(vec![note(1)]).await;
    line.until("the ack", |l| l.acks.len() == 1).await;

    let members = format!("/api/v1/orgs/{}/members", ana.org);
    let (_, members) = house.get(&members, &desk.token).await;
    let names: Vec<&str> = members
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Bor", "admin"], "by name");
}

#[tokio::test]
async fn who_is_a_member_already_signs_in_with_a_code_and_keeps_it_usable() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let code = house
        .identity
        .invite(ana.org, Role::Member, None)
        .await
        .unwrap()
        .code;
    let join = |email: &str, password: &str| json!({ "code": code, "email": email, "password": password, "device": "x" });
    let wrong = join("admin@cebela.example", "wrong horse");
    let (status, problem) = house.post("/api/v1/join", None, &wrong).await;
    assert_eq!(
        (status, &problem["code"]),
        (401, &json!("auth")),
        "no code opens an account"
    );
    let right = join("admin@cebela.example", PASSWORD);
    let (status, joined) = house.post("/api/v1/join", None, &right).await;
    assert_eq!((status, &joined["member"]), (200, &json!(ana.member)));
    let (status, _) = house
        .post("/api/v1/join", None, &join("bor@cebela.example", PASSWORD))
        .await;
    assert_eq!(status, 200, "the code was not used up");
}

#[tokio::test]
async fn a_person_of_two_teams_says_which() {
    let house = House::open().await;
    let (cebela, osa) = (house.org("cebela").await, house.org("osa").await);
    for org in [&cebela, &osa] {
        house.member(org.org, "bor@bor.example").await;
    }
    let login = json!({ "email": "bor@bor.example", "password": PASSWORD, "device": "x" });
    let (status, problem) = house.post("/api/v1/login", None, &login).await;
    assert_eq!((status, &problem["code"]), (409, &json!("choose")));
    let message = problem["message"].as_str().unwrap();
    assert!(
        message.contains(&osa.org.to_string()) && message.contains("cebela"),
        "{message}"
    );
    let login =
        json!({ "email": "bor@bor.example", "password": PASSWORD, "device": "x", "org": osa.org });
    let (status, signed_in) = house.post("/api/v1/login", None, &login).await;
    assert_eq!((status, &signed_in["org"]), (200, &json!(osa.org)));
    let login = json!({ "email": "admin@osa.example", "password": PASSWORD, "device": "x", "org": cebela.org });
    let (status, _) = house.post("/api/v1/login", None, &login).await;
    assert_eq!(status, 401, "a member of one is nobody in the other");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let house = House::open().await;
    house.org("cebela").await;
    let login = |email: &str, password: &str| json!({ "email": email, "password": password, "device": "x" });
    let wrong = login("admin@cebela.example", "wrong horse");
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(house.post("/api/v1/login", None, &wrong).await);
    }
    assert!(answers[..10].iter().all(|(status, _)| *status == 401));
    let (status, problem) = &answers[11];
    assert_eq!(
        (*status, &problem["code"]),
        (429, &json!("rate")),
        "{problem}"
    );
    let right = login("admin@cebela.example", PASSWORD);
    let (status, _) = house.post("/api/v1/login", None, &right).await;
    assert_eq!(
        status, 429,
        "not even the right one, or guessing would go on"
    );
    let nobody = login("nobody@cebela.example", PASSWORD);
    let (status, unknown) = house.post("/api/v1/login", None, &nobody).await;
    assert_eq!(status, 401, "another address is looked at");
    assert_eq!(
        unknown, answers[0].1,
        "an unknown address looks like a wrong password"
    );
}

#[rstest]
#[case::no_json("/api/v1/login", "{", 400)]
#[case::no_fields("/api/v1/login", "{}", 400)]
#[case::other_kinds("/api/v1/login", r#"{"email":1,"password":[],"device":{}}"#, 400)]
#[case::no_code(
    "/api/v1/join",
    r#"{"code":"x","email":"a@b.c","password":"12345678","device":"x"}"#,
    404
)]
#[case::unknown_code(
    "/api/v1/join",
    r#"{"code":"0000-0000-0000-0000","email":"a@b.c","password":"12345678","device":"x"}"#,
    404
)]
#[case::no_path("/api/v1/wish", "{}", 404)]
#[case::no_method("/healthz", "", 405)]
#[case::org_without_token("/api/v1/orgs/x/invitations", "{}", 401)]
#[tokio::test]
async fn bad_requests_get_a_sentence(#[case] path: &str, #[case] body: &str, #[case] want: u16) {
    let house = House::open().await;
    let body = Some(body);
    let (status, problem) = house.ask("POST", path, Asking { token: None, body }).await;
    assert_eq!(status, want, "{problem}");
    assert!(
        problem["message"].as_str().is_some_and(|m| m.len() > 10),
        "{problem}"
    );
    let large = "x".repeat(100_000);
    let body = Some(large.as_str());
    let (status, _) = house
        .ask("POST", "/api/v1/login", Asking { token: None, body })
        .await;
    assert_eq!(status, 413, "nobody signs in with a book");
}

#[rstest]
#[case::short_password("bor@cebela.example", "1234567")]
#[case::long_password("bor@cebela.example", &"x".repeat(2000))]
#[case::no_address("bor", PASSWORD)]
#[tokio::test]
async fn who_cannot_be_a_member_does_not_use_up_the_code(
    #[case] email: &str,
    #[case] password: &str,
) {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let code = house
        .identity
        .invite(ana.org, Role::Member, None)
        .await
        .unwrap()
        .code;
    let join = json!({ "code": code, "email": email, "password": password, "device": "x" });
    let (status, problem) = house.post("/api/v1/join", None, &join).await;
    assert_eq!(
        (status, &problem["code"]),
        (400, &json!("invalid")),
        "{problem}"
    );
    let good = JoinRequest {
        code,
        name: None,
        email: "bor@cebela.example".into(),
        password: PASSWORD.into(),
        device: "x".into(),
    };
    assert!(house.identity.join(&good).await.is_ok());
}

#[tokio::test]
async fn a_member_is_no_admin() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let at = |rest: &str| format!("/api/v1/orgs/{}/{rest}", ana.org);
    for (method, path) in [
        ("DELETE", at(&format!("members/{}", ana.member))),
        ("POST", at("invitations")),
        ("GET", at("audit")),
        ("DELETE", at(&format!("devices/{}", ana.device))),
        ("DELETE", at("devices/00000000-0000-0000-0000-000000000000")),
    ] {
        let asking = Asking {
            token: Some(&bor.token),
            body: Some(r#"{"role":"admin"}"#),
        };
        let (status, problem) = house.ask(method, &path, asking).await;
        assert_eq!(
            (status, &problem["code"]),
            (403, &json!("forbidden")),
            "{method} {path}"
        );
    }
    let (_, own) = house.get(&at("devices"), &bor.token).await;
    assert_eq!(own.as_array().unwrap().len(), 1, "their own device: {own}");
    let (_, all) = house.get(&at("devices"), &ana.token).await;
    assert_eq!(all.as_array().unwrap().len(), 2, "an admin sees all: {all}");
    let own = at(&format!("devices/{}", bor.device));
    let asking = Asking {
        token: Some(&bor.token),
        body: None,
    };
    assert_eq!(
        house.ask("DELETE", &own, asking).await.0,
        204,
        "they sign themselves out"
    );
    assert_eq!(
        house.get(&at("members"), &bor.token).await.0,
        401,
        "and are out"
    );
}

#[tokio::test]
async fn who_is_taken_out_is_out_and_it_is_written_down() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let at = |rest: &str| format!("/api/v1/orgs/{}/{rest}", ana.org);
    let mut line = house.line(&bor, 2).await;
    let asking = Asking {
        token: Some(&ana.token),
        body: None,
    };
    let path = at(&format!("members/{}", bor.member));
    assert_eq!(house.ask("DELETE", &path, asking).await.0, 204);
    let reject = line.closed().await.expect("the server says why");
    assert_eq!(reject.code, kontor_protocol::RejectCode::Auth);
    assert_eq!(house.ask("DELETE", &path, asking).await.0, 404, "once");
    let last = at(&format!("members/{}", ana.member));
    assert_eq!(
        house.ask("DELETE", &last, asking).await.0,
        404,
        "the last admin stays"
    );
    let login = json!({ "email": "bor@cebela.example", "password": PASSWORD, "device": "x" });
    assert_eq!(house.post("/api/v1/login", None, &login).await.0, 401);

    let (_, events) = house.get(&at("events?after=2&limit=9"), &ana.token).await;
    let body = &events["events"][0]["op"]["body"];
    assert_eq!(
        (&body["kind"], &body["active"]),
        (&json!("member"), &json!(false)),
        "{events}"
    );
    let (_, log) = house.get(&at("audit"), &ana.token).await;
    let actions: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["remove", "join", "invite", "login", "create"],
        "newest first"
    );
    let text = log.to_string();
    assert!(
        !text.contains('@') && !text.contains(&bor.token),
        "ids, no addresses, no secrets: {text}"
    );
}

#[tokio::test]
async fn what_is_described_is_there() {
    let house = House::open().await;
    let (status, described) = house.ask("GET", "/openapi.json", Asking::default()).await;
    assert_eq!(status, 200);
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            for name in path.split(['{', '}']).skip(1).step_by(2) {
                assert!(
                    ["org", "member", "device", "code", "sha256"].contains(&name),
                    "{path}"
                );
            }
            let (status, answer) = house
                .ask(&method.to_uppercase(), path, Asking::default())
                .await;
            assert!(
                ![0, 404, 405, 500].contains(&status),
                "{method} {path}: {status} {answer}"
            );
        }
    }
    let (_, metrics) = house.ask("GET", "/metrics", Asking::default()).await;
    let metrics = metrics.as_str().unwrap();
    for name in [
        "kontor_desks",
        "kontor_ops_total",
        "kontor_append_seconds_bucket",
        "kontor_http_requests_total",
    ] {
        assert!(metrics.contains(name), "{name} in {metrics}");
    }
}
