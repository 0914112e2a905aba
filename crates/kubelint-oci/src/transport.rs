//! One request and its answer: bounded in time, in size and in redirects, and let through by the [`Guard`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use kubelint_model::registry::Unchecked;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;

use crate::endpoint::Endpoint;
use crate::guard::{Guard, GuardedResolver, Refused};
use crate::proxy::Via;
use crate::url::Url;

/// How long a request may take, redirects each for themselves.
const REQUEST: Duration = Duration::from_secs(15);
/// How long a name may take to be resolved, and then a connection to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// More redirects are not followed.
const MOST_REDIRECTS: u32 = 5;
/// Larger headers are not read, in bytes.
const MOST_HEADER: usize = 64 << 10;

/// What is asked.
pub(crate) struct Question<'a> {
    pub method: Method,
    pub url: Url,
    /// The registry that led there.
    pub origin: &'a Endpoint,
    pub accept: &'a str,
    /// The value of the header `Authorization`. It is not handed on to other servers.
    pub authorization: Option<&'a str>,
    /// A form that is posted; redirects are not followed then.
    pub form: Option<String>,
    /// A larger answer is refused, in bytes.
    pub limit: u64,
}

impl<'a> Question<'a> {
    pub(crate) const fn get(url: Url, origin: &'a Endpoint, accept: &'a str, limit: u64) -> Self {
        Self {
            method: Method::GET,
            url,
            origin,
            accept,
            authorization: None,
            form: None,
            limit,
        }
    }
}

/// What is answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Who answered, behind all redirects.
    pub url: Url,
}

impl Reply {
    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Makes connections.
#[derive(Debug)]
pub(crate) struct Transport {
    agent: Agent,
    pub guard: Arc<Guard>,
    /// When everything must be done.
    deadline: Instant,
}

impl Transport {
    pub(crate) fn new(guard: Guard, deadline: Instant) -> Self {
        let guard = Arc::new(guard);
        // The system's authorities, as containerd and docker trust them: a company's registry may be certified by one of its own.
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Each request states its own.
            .proxy(None)
            .tls_config(tls)
            .user_agent(concat!("kubelint/", env!("CARGO_PKG_VERSION")))
            .max_response_header_size(MOST_HEADER)
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .build();
        let resolver = GuardedResolver {
            guard: Arc::clone(&guard),
            inner: DefaultResolver::default(),
        };
        let connector = ureq::unversioned::transport::DefaultConnector::default();
        Self {
            agent: Agent::with_parts(config, connector, resolver),
            guard,
            deadline,
        }
    }

    /// What `question` is answered, behind redirects.
    ///
    /// # Errors
    ///
    /// If there is no whole answer in time, or it is too large, or leads where the guard lets nobody.
    pub(crate) fn ask(&self, question: &Question<'_>) -> Result<Reply, Unchecked> {
        let mut authorization = question.authorization;
        let mut url = question.url.clone();
        let mut left = MOST_REDIRECTS;
        loop {
            let reply = self.ask_once(question, url.clone(), authorization)?;
            let is_redirect = matches!(reply.status, 301 | 302 | 303 | 307 | 308);
            if !is_redirect || question.form.is_some() {
                return Ok(reply);
            }
            let location = reply.header("location").unwrap_or_default();
            let next = url
                .join(location)
                .ok_or_else(|| Unchecked::Invalid(format!("{url} leads to no URL")))?;
            left = left
                .checked_sub(1)
                .ok_or_else(|| Unchecked::Invalid(format!("{url} leads from one to another")))?;
            if !next.is_same_server(&url) {
                authorization = None;
            }
            url = next;
        }
    }

    fn ask_once(
        &self,
        question: &Question<'_>,
        url: Url,
        authorization: Option<&str>,
    ) -> Result<Reply, Unchecked> {
        self.guard
            .check(&url, question.origin)
            .map_err(|it| Unchecked::Refused(it.0))?;
        let proxy = match self.guard.proxies.via(url.scheme, &url.endpoint) {
            Via::Direct => None,
            Via::Proxy(proxy) => Some(proxy.clone()),
            Via::Unusable(variable) => {
                let why = format!("{variable} states no proxy that is spoken to by HTTP");
                return Err(Unchecked::Unreachable(why));
            }
        };
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Unchecked::TimedOut);
        }
        let mut request = Request::builder()
            .method(question.method.clone())
            .uri(url.to_string())
            .header("Accept", question.accept);
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        if question.form.is_some() {
            request = request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        let timeout = Some(left.min(REQUEST));
        let invalid = |it: ureq::http::Error| Unchecked::Invalid(format!("{url}: {it}"));
        let answered = if let Some(form) = &question.form {
            let request = request.body(form.clone()).map_err(invalid)?;
            let request = self.agent.configure_request(request).proxy(proxy);
            self.agent.run(request.timeout_global(timeout).build())
        } else {
            let request = request.body(()).map_err(invalid)?;
            let request = self.agent.configure_request(request).proxy(proxy);
            self.agent.run(request.timeout_global(timeout).build())
        };
        let mut response = answered.map_err(failure)?;
        let body = if question.method == Method::HEAD {
            Vec::new()
        } else {
            let body = response.body_mut().with_config().limit(question.limit);
            body.read_to_vec().map_err(failure)?
        };
        Ok(Reply {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
            url,
        })
    }
}

fn failure(error: ureq::Error) -> Unchecked {
    use ureq::Error::{
        BadUri, BodyExceedsLimit, HostNotFound, Http, Io, LargeResponseHeader, Other, Protocol,
        Timeout,
    };
    match error {
        Timeout(_) => Unchecked::TimedOut,
        HostNotFound => Unchecked::Unreachable("its host is not found".to_owned()),
        Io(it) if it.kind() == std::io::ErrorKind::TimedOut => Unchecked::TimedOut,
        Io(it) => match it.get_ref().and_then(|it| it.downcast_ref::<ureq::Error>()) {
            Some(ureq::Error::Timeout(_)) => Unchecked::TimedOut,
            Some(BodyExceedsLimit(most)) => too_large(*most),
            _ => Unchecked::Unreachable(it.to_string()),
        },
        Other(it) => match it.downcast_ref::<Refused>() {
            Some(it) => Unchecked::Refused(it.0.clone()),
            None => Unchecked::Unreachable(it.to_string()),
        },
        BodyExceedsLimit(most) => too_large(most),
        it @ (Http(_) | BadUri(_) | Protocol(_) | LargeResponseHeader(..)) => {
            Unchecked::Invalid(it.to_string())
        }
        it => Unchecked::Unreachable(it.to_string()),
    }
}

fn too_large(most: u64) -> Unchecked {
    Unchecked::Invalid(format!("its answer has more than {most} bytes"))
}
