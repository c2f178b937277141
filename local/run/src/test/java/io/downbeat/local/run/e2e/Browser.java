package io.downbeat.local.run.e2e;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A headless Chromium, where the machine has one. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Empty where there is no Chromium with its driver on the PATH. */
  static Optional<Browser> find() {
    Optional<Path> chromium = onPath("chromium").or(() -> onPath("google-chrome"));
    Optional<Path> driver = onPath("chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      return Optional.empty();
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get().toFile());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,1200");
    return Optional.of(
        new Browser(
            new ChromeDriver(
                new ChromeDriverService.Builder()
                    .usingDriverExecutable(driver.get().toFile())
                    .build(),
                options)));
  }

  void open(String address) {
    driver.get(address);
  }

  /** Of the one element. */
  String text(String selector) {
    List<String> texts = texts(selector);
    if (texts.size() != 1) {
      throw new IllegalStateException(
          "Expected one %s on the page, found %d".formatted(selector, texts.size()));
    }
    return texts.get(0);
  }

  /** Of each element, all at one moment: the page replaces them as it moves. */
  List<String> texts(String selector) {
    Object found =
        driver.executeScript(
            "return Array.from(document.querySelectorAll(arguments[0]), each => each.innerText)",
            selector);
    return ((List<?>) found).stream().map(String::valueOf).map(String::strip).toList();
  }

  /** What the page wrote to its console as an error. */
  List<String> errors() {
    return driver.manage().logs().get("browser").getAll().stream()
        .filter(entry -> entry.getLevel().getName().equals("SEVERE"))
        .map(Object::toString)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }

  private static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
