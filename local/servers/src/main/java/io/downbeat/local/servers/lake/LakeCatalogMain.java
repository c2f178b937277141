package io.downbeat.local.servers.lake;

import java.util.Map;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves Iceberg's REST protocol on 127.0.0.1 over a JdbcCatalog in one SQLite file: {@code <port>
 * <file> <warehouse>}. Every commit is one SQLite transaction, so a kill leaves each table at its
 * last answered commit or one that was still unanswered.
 */
final class LakeCatalogMain {
  private LakeCatalogMain() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    JdbcCatalog catalog = new JdbcCatalog();
    catalog.initialize(
        "lake",
        Map.of(
            "uri",
            "jdbc:sqlite:" + args[1] + "?busy_timeout=30000&journal_mode=WAL",
            "jdbc.schema-version",
            "V1",
            "warehouse",
            args[2],
            "io-impl",
            LocalFileIO.class.getName()));
    Server server = new Server(new QueuedThreadPool(16, 2));
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(
        new ServletHolder(new RESTCatalogServlet(new RESTCatalogAdapter(catalog))), "/*");
    server.setHandler(context);
    server.setStopAtShutdown(true);
    server.start();
    server.join();
  }
}
