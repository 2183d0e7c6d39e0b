// The server over TLS: real handshakes over loopback sockets.

#include <gmock/gmock.h>

#include <thread>

#include "lib/http/server_test_fixture.h"
#include "lib/http/tls_test_client.h"

namespace gm::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct HttpsServer : HttpServer {
  HttpsServer() {
    settings.tls_certificate = "cert.pem";
    settings.tls_key = "key.pem";
    use(make_test_certificate("first"));
  }
  void use(const TestCertificate& pair) {
    files.put("cert.pem", pair.certificate);
    files.put("key.pem", pair.key);
  }
  std::string start_error() {
    Server other(settings, ServerContext{clock, random, network, registry, {}, &files});
    const Status started = other.start();
    return started ? "" : started.error().code;
  }
};

TEST_F(HttpsServer, AnswersAndKeepsTheConnection) {
  start();
  TlsTestClient client(server->port());
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.version(), "TLSv1.3");
  EXPECT_EQ(client.protocol(), "http/1.1");
  EXPECT_EQ(client.server_name(), "first");
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nhello"));
  }
}

TEST_F(HttpsServer, LargeBodiesAndPipelinesPassWhole) {
  settings.body_bytes_max = 8 << 20;
  start();
  std::string body(5 << 20, '\0');
  for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  TlsTestClient client(server->port());
  // One record holds several requests: the rest of it is not announced by the socket.
  client.send(post("/echo", "one") + get("/hello") + post("/async", "three"));
  for (const char* wanted : {"one", "hello", "at once"}) EXPECT_THAT(client.read_answer(), HasSubstr(wanted));
  client.send(post("/echo", body));
  const std::string answer = client.read_answer();
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), body);
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nbody"));
}

TEST_F(HttpsServer, StreamsPassAndAreCutWhenTheClientGoes) {
  start();
  TlsTestClient client(server->port());
  client.send(get("/stream"));
  ASSERT_TRUE(eventually([&] { return streams.size() == 1; }));
  EXPECT_TRUE(streams[0]->send("data: one\n\n"));
  EXPECT_TRUE(client.read_until("b\r\ndata: one\n\n\r\n"));
  client.socket().close();
  EXPECT_TRUE(eventually([&] { return !streams[0]->open(); }));
}

TEST_F(HttpsServer, Tls12WithForwardSecrecyIsTheLeast) {
  start();
  EXPECT_EQ(TlsTestClient(server->port(), {.version_max = TLS1_2_VERSION}).version(), "TLSv1.2");
  const TlsTestOptions old{.version_min = TLS1_VERSION, .version_max = TLS1_1_VERSION};
  EXPECT_FALSE(TlsTestClient(server->port(), old).connected());
  const TlsTestOptions cbc{.version_max = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"};
  EXPECT_FALSE(TlsTestClient(server->port(), cbc).connected());
  EXPECT_TRUE(eventually([&] { return refused("tls_handshake") == 2; }));
}

TEST_F(HttpsServer, AlpnIsHttp11OrNothing) {
  start();
  EXPECT_EQ(TlsTestClient(server->port(), {.protocols = "\x02h2\x08http/1.1"}).protocol(), "http/1.1");
  EXPECT_FALSE(TlsTestClient(server->port(), {.protocols = "\x02h2"}).connected());
  EXPECT_TRUE(TlsTestClient(server->port(), {.protocols = ""}).connected());
}

TEST_F(HttpsServer, AReloadedCertificateIsForNewConnectionsOldOnesGoOn) {
  start();
  TlsTestClient old(server->port());
  ASSERT_EQ(old.server_name(), "first");
  const auto unchanged = server->reload_certificate();
  ASSERT_TRUE(unchanged.ok());
  EXPECT_FALSE(*unchanged);
  const double before = registry.gauge(telemetry::kHttpCertificateExpiry).value();
  use(make_test_certificate("second", 48));
  const auto reloaded = server->reload_certificate();
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  EXPECT_TRUE(*reloaded);
  TlsTestClient fresh(server->port());
  EXPECT_EQ(fresh.server_name(), "second");
  EXPECT_NEAR(registry.gauge(telemetry::kHttpCertificateExpiry).value() - before, 24 * 3600, 60);
  for (TlsTestClient* client : {&old, &fresh}) {
    client->send(get("/hello"));
    EXPECT_THAT(client->read_answer(), HasSubstr("hello"));
  }
}

TEST_F(HttpsServer, AFailedReloadLeavesTheOldCertificateInUse) {
  start();
  files.put("key.pem", make_test_certificate("other").key);
  const auto mismatch = server->reload_certificate();
  ASSERT_FALSE(mismatch.ok());
  EXPECT_EQ(mismatch.error().code, "gm-tls-key-mismatch");
  EXPECT_EQ(TlsTestClient(server->port()).server_name(), "first");
  ASSERT_TRUE(files.remove("cert.pem").ok());
  EXPECT_EQ(server->reload_certificate().error().code, "gm-tls-unreadable");
  EXPECT_EQ(TlsTestClient(server->port()).server_name(), "first");
}

TEST_F(HttpsServer, StartSaysWhatIsWrongWithTheFiles) {
  const TestCertificate pair = make_test_certificate("pair");
  EXPECT_EQ(start_error(), "");
  files.put("key.pem", pair.key);
  EXPECT_EQ(start_error(), "gm-tls-key-mismatch");
  files.put("key.pem", "not a key");
  EXPECT_EQ(start_error(), "gm-tls-key-invalid");
  files.put("cert.pem", "not a certificate");
  EXPECT_EQ(start_error(), "gm-tls-certificate-invalid");
  files.put("cert.pem", pair.certificate + "-----BEGIN CERTIFICATE-----\ncut");
  EXPECT_EQ(start_error(), "gm-tls-certificate-invalid") << "a chain that was cut";
  settings.tls_key = "missing.pem";
  EXPECT_EQ(start_error(), "gm-tls-unreadable");
  settings.tls_key = "";
  EXPECT_EQ(start_error(), "gm-tls-incomplete");
}

// Never a question on the terminal, and never a wait for its answer.
TEST_F(HttpsServer, AKeyWithAPassphraseIsRefused) {
  const TestCertificate pair = make_test_certificate("pair");
  BIO* plain = BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(plain, nullptr, nullptr, nullptr);
  BIO* locked = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(locked, key, EVP_aes_256_cbc(), reinterpret_cast<const unsigned char*>("secret"), 6, nullptr,
                           nullptr);
  use({pair.certificate, pem_text(locked)});
  EVP_PKEY_free(key);
  BIO_free(plain);
  EXPECT_EQ(start_error(), "gm-tls-key-invalid");
}

TEST_F(HttpsServer, AnExpiredCertificateIsServedWithAWarning) {
  use(make_test_certificate("ended", 0));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // it ends now, to the second
  start();
  EXPECT_EQ(lines_with("the certificate has ended"), 1u);
}

TEST_F(HttpsServer, AHandshakeThatTakesTooLongIsClosedAndCounted) {
  settings.header_timeout_ms = 150;
  start();
  LoopbackTestClient silent(server->port());
  LoopbackTestClient slow(server->port());
  slow.send("\x16\x03\x01");  // the beginning of a ClientHello
  for (LoopbackTestClient* client : {&silent, &slow}) {
    bool closed = false;
    EXPECT_EQ(client->read_rest(&closed), "");
    EXPECT_TRUE(closed);
  }
  EXPECT_TRUE(eventually([&] { return refused("tls_handshake") == 2; }));
  EXPECT_EQ(lines_with("\"setting\":\"http.header_timeout\""), 1u);
}

TEST_F(HttpsServer, PlainHttpOnTheTlsPortGetsNoAnswer) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/hello"));
  EXPECT_EQ(client.read_answer(), "");
  EXPECT_TRUE(eventually([&] { return refused("tls_handshake") == 1; }));
}

TEST_F(HttpsServer, TheEndIsAnnouncedWithCloseNotify) {
  settings.idle_timeout_ms = 150;
  start();
  TlsTestClient asked(server->port());
  asked.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(asked.read_answer(), HasSubstr("hello"));
  EXPECT_TRUE(asked.read_close_notify());
  TlsTestClient refused_body(server->port());
  refused_body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n");
  EXPECT_THAT(refused_body.read_answer(), StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(refused_body.read_close_notify());
  TlsTestClient idle(server->port());
  EXPECT_TRUE(idle.read_close_notify());
}

TEST_F(HttpsServer, ARequestCutWithoutCloseNotifyIsNotARequest) {
  start();
  TlsTestClient client(server->port());
  client.send("POST /async HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  ASSERT_TRUE(eventually([&] { return server->budget().used() > 0; }));
  client.socket().close();
  EXPECT_TRUE(eventually([&] { return registry.gauge(telemetry::kHttpConnections).value() == 0; }));
  EXPECT_EQ(last_body, "");
  EXPECT_EQ(server->budget().used(), 0u);
}

TEST_F(HttpsServer, LimitsHoldAsWithoutTls) {
  settings.connections_max = 1;
  settings.body_timeout_ms = 200;
  start();
  TlsTestClient only(server->port());
  ASSERT_TRUE(only.connected());
  EXPECT_FALSE(TlsTestClient(server->port()).connected());
  EXPECT_EQ(refused("connections_max"), 1u);
  only.send(get("/large"));
  EXPECT_TRUE(eventually([&] { return refused("slow_reader") == 1; }));
  TlsTestClient slow(server->port());
  slow.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(slow.read_answer(), StartsWith("HTTP/1.1 408 "));
}

}  // namespace
}  // namespace gm::http
