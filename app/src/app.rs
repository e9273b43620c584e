use domain::{Noun, Problem};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::components::ProblemPage;
use crate::language::Language;
use crate::pages::account::{AccountFrame, SetUpPage, SignInPage};
use crate::pages::ca_certificate::{CaCertificatePage, CaCertificatesPage, DeleteCaCertificate};
use crate::pages::client::{AllowClientAgain, ClientsPage, DeniedClientsPage, DenyClient};
use crate::pages::gateway_group::{
    DeleteGroupPage, GroupLayout, NewGroupPage, OverviewPage, SettingsPage, StartPage,
};
use crate::pages::handshake_event::{HandshakePage, HandshakesPage};
use crate::pages::layout::Layout;
use crate::pages::service::{AddServicePage, DeleteServicePage, EditServicePage, ServicePage, ServicesPage};
use crate::pages::ssl_certificate::{
    AddSslCertificate, DeleteSslCertificate, EditSslCertificate, ReplaceSslCertificate, SslCertificatePage,
    SslCertificatesPage,
};
use crate::text::common::POSTERN;

/// The dashboard: every page at its address. Pages arrive whole, so they work where no script runs.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Language::of_page());
    view! {
        <Title formatter=|page: String| document_title(&page)/>
        <Router>
            <Routes fallback=UnknownAddress>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("/") view=Layout ssr=SsrMode::Async>
                    <Route path=path!("") view=StartPage/>
                    <Route path=path!("groups/new") view=NewGroupPage/>
                    <ParentRoute path=path!("groups/:group") view=GroupLayout>
                        <Route path=path!("") view=OverviewPage/>
                        <Route path=path!("settings") view=SettingsPage/>
                        <Route path=path!("delete") view=DeleteGroupPage/>
                        <ParentRoute path=path!("ssl-certificates") view=SslCertificatesPage>
                            <Route path=path!("") view=|| ()/>
                            <Route path=path!("new") view=AddSslCertificate/>
                        </ParentRoute>
                        <ParentRoute path=path!("ssl-certificates/:id") view=SslCertificatePage>
                            <Route path=path!("") view=|| ()/>
                            <Route path=path!("edit") view=EditSslCertificate/>
                            <Route path=path!("replace") view=ReplaceSslCertificate/>
                            <Route path=path!("delete") view=DeleteSslCertificate/>
                        </ParentRoute>
                        <ParentRoute path=path!("ca-certificates") view=CaCertificatesPage>
                            <Route path=path!("") view=|| ()/>
                            <Route path=path!(":id/delete") view=DeleteCaCertificate/>
                        </ParentRoute>
                        <Route path=path!("ca-certificates/:id") view=CaCertificatePage/>
                        <Route path=path!("services") view=ServicesPage/>
                        <Route path=path!("services/new") view=AddServicePage/>
                        <Route path=path!("services/:id") view=ServicePage/>
                        <Route path=path!("services/:id/edit") view=EditServicePage/>
                        <Route path=path!("services/:id/delete") view=DeleteServicePage/>
                        <Route path=path!("handshakes") view=HandshakesPage/>
                        <Route path=path!("handshakes/:id") view=HandshakePage/>
                        <ParentRoute path=path!("clients/denied") view=DeniedClientsPage>
                            <Route path=path!("") view=|| ()/>
                            <Route path=path!(":id/allow") view=AllowClientAgain/>
                        </ParentRoute>
                        <ParentRoute path=path!("clients") view=ClientsPage>
                            <Route path=path!("") view=|| ()/>
                            <Route path=path!("deny") view=DenyClient/>
                        </ParentRoute>
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The document's title for a page's. Names in it may come from anybody; on the server the title is put into the document as
/// it is.
fn document_title(page: &str) -> String {
    let title = format!("{page} · {POSTERN}");
    if cfg!(feature = "ssr") {
        title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        title
    }
}

#[component]
fn UnknownAddress() -> impl IntoView {
    view! {
        <AccountFrame>
            <ProblemPage problem=Problem::NotFound(Noun::Page)/>
        </AccountFrame>
    }
}
