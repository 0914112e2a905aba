//! Talking to one registry: what it wants to see first, tokens, and where it stands.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kubelint_model::registry::Unchecked;
use serde::Deserialize;
use ureq::http::Method;

use crate::challenge::{self, Challenge};
use crate::credentials::{Credential, Secret};
use crate::endpoint::{Endpoint, Scheme};
use crate::transport::{Question, Reply, Transport};
use crate::url::{Url, encoded};

/// Larger answers of token servers are not read, in bytes.
const MOST_TOKEN: u64 = 256 << 10;
/// Longer tokens are not sent, in bytes.
const LONGEST_TOKEN: usize = 64 << 10;
/// How long a token holds of which nothing else is said, as clients of registries take it.
const TOKEN_LIFE: u64 = 60;

/// The tokens that were got, by server and what they allow.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    known: Mutex<BTreeMap<Key, Header>>,
}

/// The registry as image references name it, and the repository.
type Key = (String, String);

#[derive(Clone, Debug)]
struct Header {
    value: Secret,
    until: Option<Instant>,
}

/// Whom and what is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session<'a> {
    pub transport: &'a Transport,
    pub tokens: &'a Tokens,
    /// Where the registry is talked to.
    pub origin: &'a Endpoint,
    /// The registry, by the name that credentials and tokens belong to.
    pub host: &'a str,
    /// The repository.
    pub path: &'a str,
    pub credential: Option<&'a Credential>,
}

/// What a token server answers.
#[derive(Deserialize)]
struct Token {
    #[serde(rename = "token")]
    text: Option<String>,
    /// The same under the name that OAuth 2 has for it.
    #[serde(rename = "access_token")]
    access: Option<String>,
    /// How long it holds, in seconds.
    #[serde(rename = "expires_in")]
    life: Option<u64>,
}

impl Session<'_> {
    /// What the registry answers to one who shows what it wants to see. 401 and 403 are answers too.
    pub(crate) fn ask(
        &self,
        method: &Method,
        url: &Url,
        accept: &str,
        limit: u64,
    ) -> Result<Reply, Unchecked> {
        let known = self.known();
        let question = |authorization: Option<&Secret>| {
            self.transport.ask(&Question {
                method: method.clone(),
                authorization: authorization.map(Secret::expose),
                ..Question::get(url.clone(), self.origin, accept, limit)
            })
        };
        let reply = question(known.as_ref())?;
        // A server that redirected elsewhere may not ask for what belongs to this one.
        if reply.status != 401 || !reply.url.is_same_server(url) {
            return Ok(reply);
        }
        let challenges: Vec<Challenge> = reply
            .headers
            .get_all("www-authenticate")
            .iter()
            .filter_map(|it| it.to_str().ok())
            .flat_map(challenge::parse)
            .collect();
        match self.header(&challenges, url)? {
            Some(header) => {
                let value = header.value.clone();
                self.remember(header);
                question(Some(&value))
            }
            None => Ok(reply),
        }
    }

    fn key(&self) -> Key {
        (self.host.to_owned(), self.path.to_owned())
    }

    fn known(&self) -> Option<Secret> {
        let known = self.tokens.known.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let header = known.get(&self.key())?;
        let is_fresh = header.until.is_none_or(|it| it > Instant::now());
        is_fresh.then(|| header.value.clone())
    }

    fn remember(&self, header: Header) {
        let known = self.tokens.known.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        known.insert(self.key(), header);
    }

    /// What is shown to a server that wants one of `challenges`. `None` if there is nothing to show.
    fn header(&self, challenges: &[Challenge], url: &Url) -> Result<Option<Header>, Unchecked> {
        if let Some(Credential::Token(token)) = self.credential {
            return Ok(bearer(token.expose(), None));
        }
        for challenge in challenges {
            match challenge {
                Challenge::Bearer {
                    realm,
                    service,
                    scope,
                } => {
                    let service = service.as_deref();
                    return self.token(realm, service, scope.as_deref(), url);
                }
                Challenge::Basic => {
                    if let Some(value) = self.basic() {
                        return Ok(Some(Header { value, until: None }));
                    }
                }
            }
        }
        Ok(None)
    }

    fn basic(&self) -> Option<Secret> {
        let Some(Credential::Password { user, password }) = self.credential else {
            return None;
        };
        let both = BASE64_STANDARD.encode(format!("{user}:{}", password.expose()));
        Some(format!("Basic {both}").into())
    }

    /// A token from where the registry says. `None` if its server gives none for what there is to show.
    fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
        url: &Url,
    ) -> Result<Option<Header>, Unchecked> {
        let realm = Url::parse(realm)
            .ok_or_else(|| Unchecked::Invalid("it names no URL for tokens".to_owned()))?;
        // Whoever asks a registry by TLS does not show a password to somebody in plain text.
        if realm.scheme != url.scheme && url.scheme == Scheme::Https {
            let why = format!("{} is asked for tokens by plain HTTP", realm.endpoint);
            return Err(Unchecked::Refused(why));
        }
        let own = format!("repository:{}:pull", self.path);
        let scope = scope.filter(|it| it.starts_with("repository:"));
        let mut query = vec![("scope", scope.unwrap_or(&own))];
        query.extend(service.map(|it| ("service", it)));
        let question = if let Some(Credential::Identity(token)) = self.credential {
            query.push(("grant_type", "refresh_token"));
            query.push(("client_id", "kubelint"));
            query.push(("refresh_token", token.expose()));
            Question {
                method: Method::POST,
                form: Some(form(&query)),
                ..Question::get(realm, self.origin, "application/json", MOST_TOKEN)
            }
        } else {
            let mut url = realm;
            let sign = if url.path.contains('?') { '&' } else { '?' };
            url.path = format!("{}{sign}{}", url.path, form(&query));
            Question::get(url, self.origin, "application/json", MOST_TOKEN)
        };
        let basic = self.basic();
        let reply = self.transport.ask(&Question {
            authorization: basic.as_ref().map(Secret::expose),
            ..question
        })?;
        match reply.status {
            200 => {}
            400 | 401 | 403 | 404 => return Ok(None),
            _ => return Err(unusual(&reply)),
        }
        let invalid = || Unchecked::Invalid(format!("{} gives no token", reply.url.endpoint));
        let token: Token = serde_json::from_slice(&reply.body).map_err(|_| invalid())?;
        let text = token.text.or(token.access).ok_or_else(invalid)?;
        let life = token.life.unwrap_or(TOKEN_LIFE).min(24 * 60 * 60);
        // A token that is about to end is got anew.
        let until = Instant::now() + Duration::from_secs(life.saturating_sub(5));
        bearer(&text, Some(until)).map(Some).ok_or_else(invalid)
    }
}

fn bearer(token: &str, until: Option<Instant>) -> Option<Header> {
    let is_plain = token.bytes().all(|it| it.is_ascii_graphic());
    (is_plain && !token.is_empty() && token.len() <= LONGEST_TOKEN).then(|| Header {
        value: format!("Bearer {token}").into(),
        until,
    })
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Why an answer with a status that is none of the usual ones says nothing.
pub(crate) fn unusual(reply: &Reply) -> Unchecked {
    let host = &reply.url.endpoint;
    match reply.status {
        429 => Unchecked::RateLimited(reply.header("retry-after").and_then(|it| it.parse().ok())),
        500.. => Unchecked::Unreachable(format!("{host} answers {}", reply.status)),
        status => Unchecked::Invalid(format!("{host} answers {status}")),
    }
}
