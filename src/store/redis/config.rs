//! Where Redis is and how to speak to it, read from one URL. What it says of a bad URL repeats nothing of it.
//!
//! ```text
//! redis://[user[:password]@]host[:port][/database]
//! redis+sentinel://[user[:password]@]host[:port],…/master[?db=0&sentinel_username=…&sentinel_password=…]
//! redis+cluster://[user[:password]@]host[:port],…
//! rediss://  rediss+sentinel://  rediss+cluster://     the same over TLS
//! ```

use std::fmt;

use redis::{ConnectionInfo, IntoConnectionInfo, ProtocolVersion};
use url::{Url, form_urlencoded};

use crate::domain::secret::Secret;

/// How to reach Redis. Prints neither user names nor passwords.
#[derive(Clone)]
pub struct RedisConfig {
    pub(super) shape: Shape,
    /// Nodes to begin with (Sentinels for [`Shape::Sentinel`]), each with what the Redis nodes want to hear: user, password, database.
    pub(super) nodes: Vec<ConnectionInfo>,
    pub(super) is_encrypted: bool,
    /// PEM.
    pub(super) ca: Option<Vec<u8>>,
}

#[derive(Clone)]
pub(super) enum Shape {
    Single,
    Sentinel { master: String, username: Option<String>, password: Option<Secret<String>>, database: i64 },
    Cluster,
}

/// Why a Redis URL was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedisUrlError {
    #[error("is no Redis address: it begins with redis://, rediss://, redis+sentinel:// or redis+cluster:// (rediss+… for TLS)")]
    Scheme,
    #[error("names no host, or one with a part that can't be read")]
    Host,
    #[error("names several hosts; only redis+sentinel:// and redis+cluster:// have more than one")]
    ManyHosts,
    #[error("names no master after the Sentinels: redis+sentinel://host:port/master")]
    Master,
    #[error("ends in something that is no database number, or on a cluster has one")]
    Database,
    #[error("has a query or fragment that means nothing here")]
    Query,
    #[error("has a certificate authority but no TLS: use rediss")]
    CaWithoutTls,
}

impl RedisConfig {
    pub fn parse(url: &Secret<String>) -> Result<Self, RedisUrlError> {
        let (scheme, rest) = url.reveal().split_once("://").ok_or(RedisUrlError::Scheme)?;
        let (plain, shape) = scheme.split_once('+').map_or((scheme, None), |(plain, shape)| (plain, Some(shape)));
        let is_encrypted = match plain {
            "redis" => false,
            "rediss" => true,
            _ => return Err(RedisUrlError::Scheme),
        };
        if rest.contains('#') {
            return Err(RedisUrlError::Query);
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (userinfo, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
        let (shape, database) = match shape {
            None => (no_query(query).map(|()| Shape::Single)?, path),
            Some("cluster") if path.is_empty() => (no_query(query).map(|()| Shape::Cluster)?, ""),
            Some("cluster") => return Err(RedisUrlError::Database),
            Some("sentinel") => (sentinel(path, query)?, ""),
            Some(_) => return Err(RedisUrlError::Scheme),
        };
        if matches!(shape, Shape::Single) && hosts.contains(',') {
            return Err(RedisUrlError::ManyHosts);
        }
        let default_port = if matches!(shape, Shape::Sentinel { .. }) { 26379 } else { 6379 };
        let nodes = hosts.split(',').map(|host| node(plain, userinfo, host, database, default_port)).collect::<Result<_, _>>()?;
        Ok(Self { shape, nodes, is_encrypted, ca: None })
    }

    /// Trusts this authority (PEM), and for Redis no other.
    pub fn with_ca(mut self, pem: Vec<u8>) -> Result<Self, RedisUrlError> {
        if !self.is_encrypted {
            return Err(RedisUrlError::CaWithoutTls);
        }
        self.ca = Some(pem);
        Ok(self)
    }
}

fn no_query(query: &str) -> Result<(), RedisUrlError> {
    if query.is_empty() { Ok(()) } else { Err(RedisUrlError::Query) }
}

fn sentinel(master: &str, query: &str) -> Result<Shape, RedisUrlError> {
    if master.is_empty() || master.contains('/') {
        return Err(RedisUrlError::Master);
    }
    let (mut username, mut password, mut database) = (None, None, 0);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "db" => database = value.parse().map_err(|_| RedisUrlError::Database)?,
            "sentinel_username" => username = Some(value.into_owned()),
            "sentinel_password" => password = Some(Secret::new(value.into_owned())),
            _ => return Err(RedisUrlError::Query),
        }
    }
    Ok(Shape::Sentinel { master: master.to_owned(), username, password, database })
}

fn node(scheme: &str, userinfo: &str, host: &str, database: &str, default_port: u16) -> Result<ConnectionInfo, RedisUrlError> {
    if host.is_empty() {
        return Err(RedisUrlError::Host);
    }
    if !database.is_empty() && database.parse::<u32>().is_err() {
        return Err(RedisUrlError::Database);
    }
    let at = if userinfo.is_empty() { "" } else { "@" };
    let mut url = Url::parse(&format!("{scheme}://{userinfo}{at}{host}/{database}")).map_err(|_| RedisUrlError::Host)?;
    if url.port().is_none() {
        url.set_port(Some(default_port)).map_err(|()| RedisUrlError::Host)?;
    }
    let node = url.into_connection_info().map_err(|_| RedisUrlError::Host)?;
    // RESP3, because with it a connection tells at once that it is broken.
    let settings = node.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Ok(node.set_redis_settings(settings))
}

impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match &self.shape {
            Shape::Single => "single",
            Shape::Sentinel { .. } => "sentinel",
            Shape::Cluster => "cluster",
        };
        let nodes: Vec<String> = self.nodes.iter().map(|node| node.addr().to_string()).collect();
        f.debug_struct("RedisConfig")
            .field("shape", &shape)
            .field("nodes", &nodes)
            .field("is_encrypted", &self.is_encrypted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<RedisConfig, RedisUrlError> {
        RedisConfig::parse(&Secret::new(url.to_owned()))
    }

    fn addresses(config: &RedisConfig) -> Vec<String> {
        config.nodes.iter().map(|node| node.addr().to_string()).collect()
    }

    #[test]
    fn one_server_with_user_password_and_database() {
        let config = parse("rediss://porter:p%40ss@cache.example:6380/3").unwrap();
        let settings = config.nodes[0].redis_settings();
        assert_eq!(addresses(&config), ["cache.example:6380"]);
        assert_eq!((settings.username(), settings.password(), settings.db()), (Some("porter"), Some("p@ss"), 3));
        assert!(config.is_encrypted && matches!(config.shape, Shape::Single));
        assert_eq!(addresses(&parse("redis://[::1]").unwrap()), ["::1:6379"]);
    }

    #[test]
    fn sentinels_name_their_master() {
        let config = parse("redis+sentinel://:pw@s1,s2:26380/mymaster?db=2&sentinel_password=guard").unwrap();
        assert_eq!(addresses(&config), ["s1:26379", "s2:26380"]);
        assert_eq!(config.nodes[1].redis_settings().password(), Some("pw"));
        let Shape::Sentinel { master, username, password, database } = &config.shape else { panic!("{config:?}") };
        assert_eq!((master.as_str(), username, *database), ("mymaster", &None, 2));
        assert_eq!(password.as_ref().map(|p| p.reveal().as_str()), Some("guard"));
    }

    #[test]
    fn a_cluster_begins_with_any_of_its_nodes() {
        let config = parse("rediss+cluster://u:pw@n1:7001,n2:7002,n3").unwrap();
        assert_eq!(addresses(&config), ["n1:7001", "n2:7002", "n3:6379"]);
        assert!(config.is_encrypted && matches!(config.shape, Shape::Cluster));
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (url, error) in [
            ("localhost:6379", RedisUrlError::Scheme),
            ("http://localhost", RedisUrlError::Scheme),
            ("redis+sharded://localhost", RedisUrlError::Scheme),
            ("redis+://localhost", RedisUrlError::Scheme),
            ("redis://", RedisUrlError::Host),
            ("redis://a,b", RedisUrlError::ManyHosts),
            ("redis://a:port", RedisUrlError::Host),
            ("redis://0.0.0.0", RedisUrlError::Host),
            ("redis+cluster://a,,b", RedisUrlError::Host),
            ("redis+sentinel://a", RedisUrlError::Master),
            ("redis+sentinel://a/", RedisUrlError::Master),
            ("redis+sentinel://a/m/2", RedisUrlError::Master),
            ("redis+sentinel://a/m?db=x", RedisUrlError::Database),
            ("redis+sentinel://a/m?auth=x", RedisUrlError::Query),
            ("redis://a/x", RedisUrlError::Database),
            ("redis+cluster://a/1", RedisUrlError::Database),
            ("redis://a?protocol=2", RedisUrlError::Query),
            ("rediss://a#insecure", RedisUrlError::Query),
        ] {
            assert_eq!(parse(url).map(|_| ()), Err(error), "{url}");
        }
        assert_eq!(parse("redis://a").unwrap().with_ca(Vec::new()).map(|_| ()), Err(RedisUrlError::CaWithoutTls));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let config = parse("rediss+sentinel://porter:hunter2@s1/m?sentinel_password=hunter3").unwrap();
        let printed = format!("{config:?}");
        assert!(!printed.contains("hunter") && !printed.contains("porter"), "{printed}");
    }
}
