//! What the consoles of Chromium and Firefox say of a blocked response. The words are those that
//! Chromium 156 and Firefox ESR 153 said of such answers.

use serde_json::Value;

use super::common::{PAGE, Raw, answer, findings, rows, text, words};

const PREFLIGHT: &str = "Response to preflight request doesn't pass access control check: ";

/// Of Chromium, `P:` is [`PREFLIGHT`], and `!` a sentence that it adds.
const BLOCKED: &str = r#"
arguments     # answer                          # Chromium # Firefox
              # 404                             # No 'Access-Control-Allow-Origin' header is present on the requested resource. # CORS header ‘Access-Control-Allow-Origin’ missing
--credentials # 200; acao: *                    # The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'. # Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’
              # 200; acao: https://b.test       # The 'Access-Control-Allow-Origin' header has a value 'https://b.test' that is not equal to the supplied origin.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.test’
              # 200; acao: null                 # The 'Access-Control-Allow-Origin' header has a value 'null' that is not equal to the supplied origin.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘null’
              # 200; acao: https://a.test/      # The 'Access-Control-Allow-Origin' header has a value 'https://a.test/' that is not equal to the supplied origin.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.test/’
              # 200; acao: https://*.test       # The 'Access-Control-Allow-Origin' header has a value 'https://*.test' that is not equal to the supplied origin.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://*.test’
              # 200; acao: b.test               # The 'Access-Control-Allow-Origin' header contains the invalid value 'b.test'.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘b.test’
              # 200; acao: 'https://a.test'     # The 'Access-Control-Allow-Origin' header contains the invalid value ''https://a.test''.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘'https://a.test'’
              # 200; acao:                      # The 'Access-Control-Allow-Origin' header contains the invalid value ''.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘’
              # 200; acao: https://a.test, https://b.test # The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.test, https://b.test', but only one is allowed.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.test, https://b.test’
              # 200; acao: https://a.test https://b.test # The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.test https://b.test', but only one is allowed.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.test https://b.test’
              # 200; acao: *; acao: https://a.test # The 'Access-Control-Allow-Origin' header contains multiple values '*, https://a.test', but only one is allowed.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘*, https://a.test’
--credentials # 200; acao: https://a.test       # The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'. # expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’
--credentials # 200; acao: https://a.test; acac: True # The value of the 'Access-Control-Allow-Credentials' header in the response is 'True' which must be 'true' when the request's credentials mode is 'include'. # expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’
--method PUT  # 204                             # P:No 'Access-Control-Allow-Origin' header is present on the requested resource. # CORS header ‘Access-Control-Allow-Origin’ missing
--method PUT  # 401                             # P:No 'Access-Control-Allow-Origin' header is present on the requested resource. # CORS header ‘Access-Control-Allow-Origin’ missing
--method PUT  # 204; acao: https://b.test       # P:The 'Access-Control-Allow-Origin' header has a value 'https://b.test' that is not equal to the supplied origin.! # CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.test’
--method PUT  # 405; acao: *; acam: PUT         # P:It does not have HTTP ok status. # CORS preflight response did not succeed
--method PUT  # 403; acao: *                    # P:It does not have HTTP ok status. # CORS preflight response did not succeed
--method PUT  # 301; acao: *; acam: PUT; location: /x # P:Redirect is not allowed for a preflight request. # CORS request external redirect not allowed
--method PUT  # 301; location: /x               # P:Redirect is not allowed for a preflight request. # CORS header ‘Access-Control-Allow-Origin’ missing
--method PUT --header x-a # 204; acao: *        # Method PUT is not allowed by Access-Control-Allow-Methods in preflight response. # Did not find method in CORS header ‘Access-Control-Allow-Methods’
--header x-a --header x-b # 204; acao: *        # Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response. # header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response
--method PUT  # 204; acao: *; acam: PUT, "X"    # Cannot parse Access-Control-Allow-Methods response header field in preflight response. # invalid token ‘"X"’ in CORS header ‘Access-Control-Allow-Methods’
--method PUT  # 204; acao: *; acam: PUT; acah: a b # Cannot parse Access-Control-Allow-Headers response header field in preflight response. # invalid token ‘a b’ in CORS header ‘Access-Control-Allow-Headers’
"#;

#[test]
fn a_blocked_response_has_the_words_of_each_console() {
    for [arguments, answer, chromium, firefox] in rows(BLOCKED) {
        let chromium = match chromium.strip_suffix('!') {
            Some(text) => format!("{text} Have the server send the header with a valid value."),
            None => chromium.to_owned(),
        };
        let chromium = match chromium.strip_prefix("P:") {
            Some(text) => format!("{PREFLIGHT}{text}"),
            None => chromium,
        };
        let server = Raw::start(move |_| self::answer(answer));
        let arguments = words(arguments);
        let (_, _, report) = findings(&server, &arguments);
        assert_eq!(report["console"]["chromium"], chromium, "{answer}");
        assert_eq!(report["console"]["firefox"], firefox, "{answer}");
        let basic = [server.url.as_str(), "--origin", PAGE];
        let (_, shown) = text(&[&basic, &arguments[..]].concat());
        let lines = format!("\nChromium: {chromium}\nFirefox: {firefox}\n\nblocked: ");
        assert!(shown.contains(&lines), "{shown}");
    }
}

#[test]
fn a_response_that_is_read_has_none() {
    let server = Raw::start(|_| answer("200; acao: *"));
    assert_eq!(findings(&server, &[]).2["console"], Value::Null);
    // Browsers look no further, and say something else.
    let elsewhere = Raw::start(|_| answer("302; acao: *; location: /next"));
    assert_eq!(findings(&elsewhere, &[]).2["console"], Value::Null);
}
