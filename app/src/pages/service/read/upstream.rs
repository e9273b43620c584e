use domain::{
    Balancing, Fault, Field, HashKey, Node, NodeAddress, PassHost, Scheme, Timeouts, Upstream,
    UpstreamNumber as N, UpstreamTls,
};

use super::{Reader, if_typed, lists, number, unknown};
use crate::pages::service::control::{self, Control};
use crate::pages::ssl_certificate::parse::shortened;

impl Reader<'_> {
    /// An upstream of a service's own. What another choice hides in the form is not read.
    pub(super) fn upstream(&mut self, stored: &Upstream) -> Upstream {
        let mut upstream = stored.clone();
        self.set(Control::Scheme, &mut upstream.scheme, scheme);
        if upstream.scheme == Scheme::Echo {
            return Upstream::echo();
        }
        if let Some(text) = self.text(Control::Nodes) {
            upstream.nodes = self.list(Field::Nodes, lists::lines(text), Upstream::MOST_NODES, node);
        }
        self.balancing(&mut upstream.balancing);
        self.host(&mut upstream.host);
        self.timeouts(&mut upstream.timeouts);
        let retries = |text: &str| if_typed(text, |text| number::whole(text, 0..=u8::MAX));
        self.set(Control::Retries, &mut upstream.retries, retries);
        if upstream.scheme.is_tls() {
            self.tls(&mut upstream.tls);
        } else {
            upstream.tls = UpstreamTls::default();
        }
        self.health(&mut upstream.health);
        upstream
    }

    fn balancing(&mut self, balancing: &mut Balancing) {
        match self.text(Control::Balancing) {
            None => {}
            Some(control::ROUND_ROBIN) => *balancing = Balancing::RoundRobin,
            Some(control::LEAST_CONNECTIONS) => *balancing = Balancing::LeastConnections,
            Some(control::HASH_CLIENT_IDENTITY) => {
                *balancing = Balancing::ConsistentHash(HashKey::ClientIdentity);
            }
            Some(control::HASH_CLIENT_ADDRESS) => {
                *balancing = Balancing::ConsistentHash(HashKey::ClientAddress);
            }
            Some(control::HASH_HEADER) => match self.text(Control::HashKey).unwrap_or_default().parse() {
                Ok(name) => *balancing = Balancing::ConsistentHash(HashKey::Header(name)),
                Err(fault) => self.wrong(Field::HashKey, fault),
            },
            Some(other) => self.wrong(Field::Balancing, unknown(other)),
        }
    }

    fn host(&mut self, host: &mut PassHost) {
        match self.text(Control::PassHost) {
            None => {}
            Some(control::PASS) => *host = PassHost::Pass,
            Some(control::NODE) => *host = PassHost::Node,
            Some(control::REWRITE) => match self.text(Control::UpstreamHost).unwrap_or_default() {
                "" => self.wrong(Field::PassHost, Fault::Required),
                text => match text.parse() {
                    Ok(rewritten) => *host = PassHost::Rewrite(rewritten),
                    Err(_) => self.wrong(Field::PassHost, Fault::InvalidHost { value: shortened(text) }),
                },
            },
            Some(other) => self.wrong(Field::PassHost, unknown(other)),
        }
    }

    fn timeouts(&mut self, timeouts: &mut Timeouts) {
        let usual = Timeouts::default();
        let parse = |text: &str| number::milliseconds(text, Timeouts::MOST / 1000);
        self.set_number(N::ConnectTimeout, &mut timeouts.connect, usual.connect, parse);
        self.set_number(N::SendTimeout, &mut timeouts.send, usual.send, parse);
        self.set_number(N::ReadTimeout, &mut timeouts.read, usual.read, parse);
    }

    fn tls(&mut self, tls: &mut UpstreamTls) {
        tls.verify = self.is_on(Control::TlsVerify.name(), tls.verify);
        let picked = self.fields.picked_cas();
        if self.fields.is_on(Control::IsComplete.name()) || !picked.is_empty() {
            // A name that is no id was made by hand.
            tls.ca_certificates = picked.iter().filter_map(|id| id.parse().ok()).collect();
        }
        self.set(Control::UpstreamServerName, &mut tls.server_name, |text| {
            if_typed(text, |text| text.parse().map_err(|_| Fault::InvalidHost { value: shortened(text) }))
        });
        self.set(Control::ClientCertificate, &mut tls.client_certificate, |id| {
            if_typed(id, |id| id.parse().map_err(|_| unknown(id)))
        });
    }
}

fn scheme(name: &str) -> Result<Scheme, Fault> {
    Scheme::ALL.into_iter().find(|scheme| scheme.name() == name).ok_or_else(|| unknown(name))
}

/// A node as it is typed: `10.0.0.7:8080 weight=2 priority=-1`.
fn node(number: usize, line: &str) -> Result<Node, Fault> {
    let invalid = || Fault::InvalidNode { number, value: shortened(line) };
    let mut words = line.split_whitespace();
    let address: NodeAddress = words.next().and_then(|word| word.parse().ok()).ok_or_else(invalid)?;
    let mut node = Node::new(address);
    for word in words {
        match word.split_once('=') {
            Some(("weight", weight)) => {
                node.weight =
                    weight.parse().ok().filter(|weight| *weight <= Node::MOST_WEIGHT).ok_or_else(invalid)?;
            }
            Some(("priority", priority)) => node.priority = priority.parse().map_err(|_| invalid())?,
            _ => return Err(invalid()),
        }
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::service::fields::node_line;

    #[test]
    fn a_node_reads_back_as_it_is_shown() {
        for (line, shown) in [
            ("10.0.0.7:8080", "10.0.0.7:8080"),
            ("app.internal  weight=2\tpriority=-1", "app.internal weight=2 priority=-1"),
            ("[::1]:80 priority=3 weight=1", "[::1]:80 priority=3"),
            ("a:1 weight=0", "a:1 weight=0"),
        ] {
            let read = node(1, line).expect(line);
            assert_eq!(node_line(&read), shown);
            assert_eq!(node(1, shown), Ok(read));
        }
    }

    #[test]
    fn a_node_that_cannot_be_read_is_told_by_its_number() {
        for line in [
            "a b:1",
            "a:1 weight",
            "a:1 weight=-1",
            "a:1 weight=1000001",
            "a:1 priority=x",
            "a:1 backup=1",
            "http://a",
        ] {
            assert_eq!(node(3, line), Err(Fault::InvalidNode { number: 3, value: line.to_owned() }));
        }
    }
}
